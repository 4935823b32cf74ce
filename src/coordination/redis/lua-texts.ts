import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('./lua/', import.meta.url);

/** Every file of `lua/` by its name without `.lua`. In a bundle this module holds the texts themselves (`scripts/build.ts`). */
export const luaTexts: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(folder)
    .sort()
    .map((file) => [file.replace(/\.lua$/, ''), readFileSync(new URL(file, folder), 'utf8')]),
);
