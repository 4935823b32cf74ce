import { memoryWorkspace, type Workspace } from '../../src/checks/workspace.ts';
import type { Result } from '../../src/protocol/result.ts';
import type { Task } from '../../src/protocol/task.ts';
import type { WorkerKind } from '../../src/protocol/words.ts';
import type { History } from '../../src/protocol/workspace.ts';
import { canonicalJson, sha256 } from '../../src/shared/canonical.ts';
import type { RunCommand, WorkContext } from '../../src/workers/work.ts';

export interface TestWork<Inputs> {
  readonly context: WorkContext<Inputs>;
  /** What was kept, by hash: title, media type and text. */
  readonly evidence: ReadonlyMap<string, { readonly title: string; readonly mediaType: string; readonly text: string }>;
  readonly logged: readonly string[];
}

export interface TestWorkOptions<Inputs> {
  readonly kind: WorkerKind;
  readonly capability: string;
  readonly inputs: Inputs;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly workspace?: Workspace;
  readonly history?: History;
  readonly upstream?: readonly { readonly task: string; readonly capability: string; readonly result: Result }[];
  readonly runCommand?: RunCommand;
}

/** A worker's world in memory: the capability under test is real, what surrounds it is a working stand-in. */
export function testWork<Inputs>(options: TestWorkOptions<Inputs>): TestWork<Inputs> {
  const evidence = new Map<string, { title: string; mediaType: string; text: string }>();
  const logged: string[] = [];
  const context: WorkContext<Inputs> = {
    task: testTask(options.kind, options.capability),
    inputs: options.inputs,
    workspace: options.workspace ?? memoryWorkspace(options.files ?? {}),
    history: () => (options.history ? Promise.resolve(options.history) : Promise.reject(new Error('no history given'))),
    upstream: options.upstream ?? [],
    keepEvidence: (title, mediaType, content) => {
      const text = typeof content === 'string' ? content : canonicalJson(content, 2);
      const hash = sha256(text);
      evidence.set(hash, { title, mediaType, text });
      return Promise.resolve(hash);
    },
    runCommand: options.runCommand ?? (() => Promise.reject(new Error('no command runner given'))),
    log: (line) => logged.push(line),
    signal: new AbortController().signal,
  };
  return { context, evidence, logged };
}

export function testTask(kind: WorkerKind, capability: string): Task {
  return {
    v: 1,
    execution: 'CORTEX-EXEC-TEST',
    master: 'coordinator-master',
    task: 'the-task',
    attempt: 1,
    kind,
    capability,
    goal: 'Test',
    inputs: {},
    workspace: '0'.repeat(64),
    upstream: [],
    limits: { timeoutMs: 60_000, memoryBytes: 512 * 1024 * 1024, tokens: 0, microDollars: 0 },
  };
}
