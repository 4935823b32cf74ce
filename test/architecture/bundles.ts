import { join, relative } from 'node:path';
import { rolldown, type OutputChunk } from 'rolldown';
import { inlineShapes } from '../../scripts/inline-data.ts';

const root = join(import.meta.dirname, '..', '..');

/** What a bundle is made of: modules below `src/` and names of packages, each sorted. */
export interface Contents {
  readonly modules: readonly string[];
  readonly packages: readonly string[];
}

/** The chunks of entries, split as `scripts/build.ts` splits them; nothing is written. */
export async function chunksOf(input: Readonly<Record<string, string>>): Promise<readonly OutputChunk[]> {
  const bundle = await rolldown({ cwd: root, input: { ...input }, platform: 'node', plugins: [inlineShapes()] });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  return output.filter((each) => each.type === 'chunk');
}

/** The chunk that begins with a module of `src/`. */
export function chunkWith(chunks: readonly OutputChunk[], module: string): OutputChunk {
  const found = chunks.find((chunk) => chunk.facadeModuleId === join(root, 'src', module));
  if (found) return found;
  throw new Error(`no chunk begins with ${module}`);
}

/** The chunks and all that they load at once: what is imported dynamically is left out. */
export function loadedWith(chunks: readonly OutputChunk[], first: readonly OutputChunk[]): readonly OutputChunk[] {
  const loaded = new Set(first);
  for (const chunk of loaded) for (const each of chunks) if (chunk.imports.includes(each.fileName)) loaded.add(each);
  return [...loaded];
}

/** What chunks are made of. */
export function contentsOf(chunks: readonly OutputChunk[]): Contents {
  const paths = chunks
    .flatMap((chunk) => Object.keys(chunk.modules))
    .map((id) => relative(root, id).replaceAll('\\', '/'));
  const modules = paths.filter((path) => path.startsWith('src/')).map((path) => path.slice('src/'.length));
  const packages = paths.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return { modules: [...new Set(modules)].sort(), packages: [...new Set(packages)].sort() };
}
