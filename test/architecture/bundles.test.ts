import type { OutputChunk } from 'rolldown';
import { beforeAll, describe, expect, it } from 'vitest';
import { chunksOf, chunkWith, contentsOf, loadedWith, type Contents } from './bundles.ts';
import { folderOf } from './modules.ts';

/** What the worker bundle is made of beside our own code, each with why. */
const inWorker: Readonly<Record<string, string>> = {
  zod: 'messages are checked on both sides',
  yaml: 'workflows, manifests and catalog files',
  picomatch: 'paths that a task is about',
  diff: 'patches',
  marked: 'Markdown is read for documentation drift',
  'github-slugger': 'anchors of Markdown headings',
  'istanbul-lib-coverage': 'coverage of JavaScript',
  'fast-xml-parser': 'coverage in Cobertura XML, and what that reader is made of:',
  '@nodable/entities': 'part of fast-xml-parser',
  anynum: 'part of fast-xml-parser',
  'is-unsafe': 'part of fast-xml-parser',
  'path-expression-matcher': 'part of fast-xml-parser',
  strnum: 'part of fast-xml-parser',
  'xml-naming': 'part of fast-xml-parser',
  ioredis: 'a worker in a pod holds its attempt in the shared store, and what that client is made of:',
  '@ioredis/commands': 'part of ioredis',
  'cluster-key-slot': 'part of ioredis',
  debug: 'part of ioredis',
  denque: 'part of ioredis',
  ms: 'part of ioredis',
  'redis-errors': 'part of ioredis',
  'standard-as-callback': 'part of ioredis',
};

const folders = ({ modules }: Contents): readonly string[] => [...new Set(modules.map(folderOf))];

describe('the worker bundle', () => {
  let worker: Contents;
  beforeAll(async () => {
    worker = contentsOf(await chunksOf({ worker: 'src/entry/worker.ts' }));
  });

  it('holds pure libraries and the client of the store: none of GitHub, Kubernetes or a model', () => {
    expect(worker.packages).toEqual(Object.keys(inWorker).sort());
  });

  it('reaches no master, no report, no launcher, no repository and no plan', () => {
    expect(folders(worker)).toEqual(['checks', 'coordination', 'entry', 'protocol', 'shared', 'workers']);
  });

  it('has of the store what holds its attempt and keeps artefacts: no log, no books, no claims', () => {
    const redis = ['address', 'attempt-store', 'blobs', 'blocking', 'client', 'connection', 'faults', 'keys', 'latency']
      .concat(['lua-scripts', 'lua-texts', 'patience'])
      .map((name) => `coordination/redis/${name}.ts`);
    expect(worker.modules.filter((path) => path.startsWith('coordination/'))).toEqual([
      'coordination/file/blobs.ts',
      ...redis,
    ]);
    expect(worker.modules.filter((path) => path.startsWith('entry/'))).toEqual([
      'entry/worker-doors.ts',
      'entry/worker.ts',
    ]);
  });
});

describe('the programs that run in a cluster beside workers', () => {
  it('are the reaper, without a package: it must fit into an object that `kubectl apply` takes', async () => {
    const reaper = contentsOf(await chunksOf({ gc: 'src/entry/reaper.ts' }));
    expect(reaper.packages).toEqual([]);
    expect(folders(reaper)).toEqual(['cluster', 'entry', 'shared']);
  });

  it('and the start of a worker, which is all of it', async () => {
    const start = contentsOf(await chunksOf({ start: 'src/entry/pod-start.ts' }));
    expect(start).toEqual({ modules: ['entry/pod-start.ts'], packages: [] });
  });
});

describe('the command line', () => {
  let loaded: (command: string) => Contents;
  let start: Contents;
  let chunks: readonly OutputChunk[];
  beforeAll(async () => {
    chunks = await chunksOf({ cli: 'src/entry/cli.ts' });
    const cli = chunkWith(chunks, 'entry/cli.ts');
    start = contentsOf(loadedWith(chunks, [cli]));
    loaded = (command) => contentsOf(loadedWith(chunks, [cli, chunkWith(chunks, `entry/commands/${command}.ts`)]));
  });

  it('starts without a package, a plan or a door', () => {
    expect(start.packages).toEqual([]);
    expect(folders(start)).toEqual(['entry', 'shared']);
  });

  it.each(['validate', 'schema'])(
    'proves plans by %s without stores, launchers, workers, masters or reports',
    (command) => {
      const { modules, packages } = loaded(command);
      expect(folders({ modules, packages })).toEqual(['entry', 'plan', 'protocol', 'shared']);
      expect(modules).not.toContain('shared/process.ts');
    },
  );

  it.each(['validate', 'check', 'preview'])('reads a plan that is right in %s without a package', (command) => {
    expect(loaded(command).packages).toEqual([]);
  });

  it('checks plans without git, as long as there is nothing to compare with', () => {
    expect(loaded('check').modules).not.toContain('shared/process.ts');
  });

  it('says what is wrong with a plan by the YAML reader, schemas and CEL alone', () => {
    expect(contentsOf(loadedWith(chunks, [chunkWith(chunks, 'plan/parse.ts')])).packages).toEqual([
      '@marcbachmann/cel-js',
      'yaml',
      'zod',
    ]);
  });

  it.each(['watch', 'explain'])('looks at executions by %s without starting anything', (command) => {
    expect(loaded(command).modules).not.toContain('shared/process.ts');
  });

  it('collects what a cluster has left over without stores, masters, plans or reports', () => {
    expect(folders(loaded('gc'))).toEqual(['cluster', 'entry', 'protocol', 'shared']);
  });

  it.each(['run', 'preview', 'report', 'watch', 'explain'])('opens no connection in %s', (command) => {
    expect(
      loaded(command).packages.filter((name) => /^@actions\/|octokit|kubernetes|redis|anthropic/i.test(name)),
    ).toEqual([]);
  });
});
