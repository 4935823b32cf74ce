/**
 * Builds `dist/`: action and command line with a chunk per command, the worker as one file, the schemas, the licences.
 * `node scripts/build.ts` writes dist/; `node scripts/build.ts --check` fails where dist/ differs from its source.
 */
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type InputOptions, type Plugin } from 'rolldown';
import { z } from 'zod';
import { planJsonSchema } from '../src/plan/json-schema.ts';
import { reportSchema } from '../src/protocol/report.ts';
import { inlineScripts, inlineShapes } from './inline-data.ts';
import { collectLicences, licencesText } from './licences.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
/** A pod gets its worker as an object of the cluster: what `gzip -9` makes of it has to stay this small, in bytes. */
const workerLimit = 300_000;
/** Built files that lie elsewhere: `kubectl apply -k deploy/` takes none from outside its folder. */
const elsewhere: Readonly<Record<string, string>> = { 'gc.mjs': join(root, 'deploy', 'reaper', 'gc.mjs') };

const common: InputOptions = {
  cwd: root,
  platform: 'node',
  transform: { target: 'node20.19' },
  plugins: [shimUndici(), inlineScripts(), inlineShapes(), collectLicences()],
};

await main(process.argv.includes('--check'));

async function main(check: boolean): Promise<void> {
  const output = check ? mkdtempSync(join(tmpdir(), 'cortex-dist-')) : dist;
  try {
    rmSync(output, { recursive: true, force: true });
    await buildEntries(output);
    await buildSingle(output, 'worker', 'src/entry/worker.ts');
    await buildSingle(output, 'pod-start', 'src/entry/pod-start.ts');
    await buildSingle(output, 'gc', 'src/entry/reaper.ts');
    writeSchemas(output);
    writeFileSync(join(output, 'THIRD_PARTY_LICENSES.txt'), licencesText());
    gateWorker(output);
    if (check) compare(output);
    else {
      printSizes();
      for (const [file, place] of Object.entries(elsewhere)) renameSync(join(dist, file), place);
    }
  } finally {
    if (check) rmSync(output, { recursive: true, force: true });
  }
}

async function buildEntries(output: string): Promise<void> {
  await build({
    ...common,
    input: { cli: 'src/entry/cli.ts', action: 'src/entry/action.ts' },
    output: {
      dir: output,
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: 'lib/[name].mjs',
      minify: true,
      comments: { legal: false },
    },
  });
}

/** A program that is one file: a pod gets it as such. */
async function buildSingle(output: string, name: string, source: string): Promise<void> {
  await build({
    ...common,
    input: { [name]: source },
    output: {
      dir: output,
      format: 'esm',
      entryFileNames: '[name].mjs',
      codeSplitting: false,
      minify: true,
      comments: { legal: false },
    },
  });
}

function writeSchemas(output: string): void {
  const results = z.toJSONSchema(reportSchema, { target: 'draft-7', io: 'input' });
  writeFileSync(join(output, 'plan.schema.json'), `${JSON.stringify(planJsonSchema(), null, 2)}\n`);
  writeFileSync(join(output, 'results.schema.json'), `${JSON.stringify(results, null, 2)}\n`);
}

/**
 * @actions/http-client pulls in all of undici for one proxy path: its `fetch` is Node's own here. The Kubernetes client
 * brings it too, for a transport that ours replaces (docs/decisions.md).
 */
function shimUndici(): Plugin {
  const shim = '\0undici-shim';
  return {
    name: 'shim-undici',
    resolveId: (source, importer) =>
      source === 'undici' && /\/node_modules\/@(?:actions|kubernetes)\//.test(importer ?? '') ? shim : undefined,
    load: (id) =>
      id === shim
        ? "export const fetch = globalThis.fetch; export class Agent {} export class ProxyAgent { constructor() { throw new Error('Set NODE_USE_ENV_PROXY=1 to use a proxy.'); } }"
        : undefined,
  };
}

function gateWorker(output: string): void {
  const bytes = gzipSync(readFileSync(join(output, 'worker.mjs')), { level: 9 }).length;
  console.log(`worker bundle: ${bytes} bytes gzip, at most ${workerLimit}`);
  if (bytes <= workerLimit) return;
  console.error('The worker bundle has grown beyond its limit: see what came in with `npm run build`.');
  process.exitCode = 1;
}

function compare(fresh: string): void {
  const files = new Set([...filesBelow(fresh), ...filesBelow(dist)]);
  const built = (file: string): string => elsewhere[file] ?? join(dist, file);
  const different = [...files].filter((file) => read(join(fresh, file)) !== read(built(file)));
  if (different.length === 0) return console.log('dist/ is what its source builds');
  console.error(
    `dist/ differs from its source: ${different.sort().join(', ')}\nRun \`npm run build\` and commit dist/.`,
  );
  process.exitCode = 1;
}

function printSizes(): void {
  for (const file of filesBelow(dist).sort()) {
    const content = readFileSync(join(dist, file));
    console.log(`${file.padEnd(32)} ${kibibytes(content.length)} KiB, ${kibibytes(gzipSync(content).length)} KiB gzip`);
  }
}

function kibibytes(bytes: number): string {
  return (bytes / 1024).toFixed(1).padStart(8);
}

function filesBelow(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
  } catch {
    return [];
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
