import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Steps over the log of an execution; `step.lua` stands before each of them. */
const steps = ['append', 'claim', 'claims', 'release'] as const;
/** Steps over its books; `step.lua` and `books.lua` stand before them. */
const bookSteps = ['book', 'renew'] as const;
const freestanding = ['open', 'keep', 'attempt-take', 'attempt-renew', 'attempt-finish', 'blob-put'] as const;

export type ScriptName = (typeof steps)[number] | (typeof bookSteps)[number] | (typeof freestanding)[number];

export interface Script {
  readonly text: string;
  /** What EVALSHA names it by. */
  readonly sha1: string;
}

/** All scripts with what stands before them. In a bundle this module holds the texts themselves (`scripts/build.ts`). */
export const scripts: Readonly<Record<ScriptName, Script>> = Object.fromEntries([
  ...steps.map((name) => [name, scriptOf(read('step') + read(name))]),
  ...bookSteps.map((name) => [name, scriptOf(read('step') + read('books') + read(name))]),
  ...freestanding.map((name) => [name, scriptOf(read(name))]),
]) as Record<ScriptName, Script>;

function read(name: string): string {
  return readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');
}

function scriptOf(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}
