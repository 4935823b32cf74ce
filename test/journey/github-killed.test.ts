import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../support/action.ts';
import { runAction } from '../support/action.ts';
import { openPipeline, sevenPlan, workflow, workflowPath, type Pipeline } from '../support/pipeline.ts';
import { scratchRepository } from '../support/scratch-repository.ts';

const id = 'CORTEX-EXEC-2026-01-02-030405';
const names = ['a', 'b'];

/** What a person sees afterwards, without numbers and times. */
interface Seen {
  readonly files: Readonly<Record<string, string | null>>;
  readonly pulls: readonly { readonly branch: string; readonly labels: readonly string[]; readonly comments: number }[];
  readonly dashboards: number;
  readonly results: readonly string[];
}

describe('a report job that is killed', () => {
  const repository = scratchRepository({
    'plans/seven.yaml': sevenPlan,
    ...Object.fromEntries(names.map((name) => [workflowPath(name), workflow(name)])),
  });
  const state = mkdtempSync(join(tmpdir(), 'cortex-killed-'));
  const codes: (number | null)[] = [];
  let undisturbed: Seen;
  let writes: number;

  beforeAll(async () => {
    const inputs = { plan: 'plans/seven.yaml', out: join(state, 'legs'), 'execution-id': id };
    codes.push((await runAction(inputs, { cwd: repository.directory })).code);
    await inWorld(async (world, report) => {
      world.fake.log.reset();
      codes.push((await report()).code);
      const { write, mutation } = world.fake.log.counts();
      writes = write + mutation;
      undisturbed = seen(world);
    });
  }, 60_000);
  afterAll(() => {
    repository.remove();
    rmSync(state, { recursive: true });
  });

  /** A repository of its own, where the execution was not yet published. */
  async function inWorld(
    act: (world: Pipeline, report: (killAt?: number) => Promise<Step>) => Promise<void>,
  ): Promise<void> {
    const world = await openPipeline({ repository: { from: repository.directory } });
    const out = mkdtempSync(join(state, 'report-'));
    cpSync(join(state, 'legs'), out, { recursive: true });
    try {
      await act(world, (killAt) => killedAt(world, killAt, out));
      expect(world.fake.violations).toEqual([]);
    } finally {
      await world.close();
    }
  }

  it('publishes what it was to publish, undisturbed', () => {
    expect(codes).toEqual([0, 0]);
    expect(undisturbed.pulls.map(({ labels, comments }) => [labels, comments])).toEqual([
      [['cortex'], 0],
      [['cortex'], 0],
    ]);
    expect(undisturbed.dashboards).toBe(1);
    for (const name of names) {
      expect(undisturbed.files[workflowPath(name)]).toBe(workflow(name, { limit: 30 }));
    }
    expect(writes).toBeGreaterThan(10);
  });

  it('comes to the same when it is run again, whichever write it was killed after', async () => {
    const killed: string[] = [];
    for (let killAt = 0; killAt < writes; killAt += 1) {
      await inWorld(async (world, report) => {
        const cut = await report(killAt);
        killed.push(`${killAt}: ${String(cut.code)}`);
        expect((await report()).code, `killed after ${killAt + 1} writes`).toBe(0);
        expect(seen(world), `killed after ${killAt + 1} writes`).toEqual(undisturbed);
      });
    }
    // A process that was killed has no exit code.
    expect(killed).toEqual(Array.from({ length: writes }, (_, at) => `${at}: null`));
  }, 240_000);
});

/** The report job, whose process is killed when its next write arrives after so many; that one is still done. */
async function killedAt(world: Pipeline, killAt: number | undefined, out: string): Promise<Step> {
  if (killAt === undefined) return world.report(id, out);
  let kill = (): void => undefined;
  const lift = world.fake.faults.next({ meanwhile: () => kill() }, { kind: 'any-write', skip: killAt, times: 1 });
  try {
    return await world.report(id, out, { onStart: (child) => void (kill = () => void child.kill('SIGKILL')) });
  } finally {
    lift();
  }
}

function seen({ shop }: Pipeline): Seen {
  const branches = shop.pulls().map(({ pull }) => pull.headBranch);
  return {
    files: Object.fromEntries(names.map((name) => [workflowPath(name), readFrom(branches, name, shop)])),
    pulls: shop
      .pulls()
      .map(({ pull, labels, comments }) => ({
        branch: pull.headBranch,
        labels: [...labels].map((label) => label.name),
        comments: comments.length,
      }))
      .sort((a, b) => (a.branch < b.branch ? -1 : 1)),
    dashboards: shop.issues().length,
    results: shop.files('cortex/results').map(({ path, sha }) => `${path} ${path.endsWith('index.json') ? '' : sha}`),
  };
}

function readFrom(branches: readonly string[], name: string, shop: Pipeline['shop']): string | null {
  const branch = branches.find((each) => each.endsWith(`-workflows-${name}`));
  return branch === undefined ? null : shop.read(branch, workflowPath(name));
}
