import { join } from 'node:path';
import type { Plugin } from 'rolldown';
import { luaTexts } from '../src/coordination/redis/lua-texts.ts';
import { shapes } from '../src/plan/quick/shapes.ts';

/** Modules that read or compute what never changes become modules that hold it, in a bundle. */

/** A bundle has no folder of scripts beside it. */
export function inlineScripts(): Plugin {
  return holding('coordination/redis/lua-texts.ts', { luaTexts });
}

/** Shapes are made of schemas: where they are data, nobody has to load the schemas to know them. */
export function inlineShapes(): Plugin {
  return holding('plan/quick/shapes.ts', { shapes });
}

function holding(module: string, data: Readonly<Record<string, unknown>>): Plugin {
  const path = join(import.meta.dirname, '..', 'src', module);
  const code = Object.entries(data).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`);
  return { name: `inline ${module}`, load: (id) => (id === path ? code.join('\n') : undefined) };
}
