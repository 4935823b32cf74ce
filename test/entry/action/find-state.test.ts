import { describe, expect, it } from 'vitest';
import { findState } from '../../../src/entry/action/find-state.ts';
import { openGitHub } from '../../../src/repository/github/open-github.ts';
import { startFakeGitHub } from '../../support/github/fake-github.ts';
import type { FakeRepository } from '../../support/github/repositories.ts';

const [leg, execution] = ['cortex-all', 'CORTEX-EXEC-2026-01-02-030405'];
const workflow = '.github/workflows/orchestrate.yml';
const named = (attempt: number): string => `${leg}-${execution}-${attempt}`;

/** What a repository's runs have left, as a test says; gives what was found, by the artifact's id, or 0. */
async function found(leave: (shop: FakeRepository) => void): Promise<number> {
  const fake = await startFakeGitHub();
  try {
    leave(fake.repository());
    const token = fake.workflowToken({ contents: 'read', actions: 'read' });
    const { apiUrl, graphqlUrl, clock } = fake;
    const door = openGitHub({ apiUrl, graphqlUrl, clock, token, repository: 'acme/shop', userAgent: 'cortex-test' });
    const state = await findState(door, { leg, execution, workflow });
    expect(fake.violations).toEqual([]);
    return state?.id ?? 0;
  } finally {
    await fake.close();
  }
}

describe('the state of an execution, in what runs have left', () => {
  it('is the newest one, whichever attempt of whichever run left it', async () => {
    const ids: number[] = [];
    const newest = await found((shop) => {
      const [first, second] = [1, 2].map(() => shop.addRun({ path: workflow })) as [number, number];
      for (const [attempt, runId, createdAt] of [
        [1, first, '2026-01-02T03:00:00Z'],
        [2, first, '2026-01-02T04:00:00Z'],
        [1, second, '2026-01-02T05:00:00Z'],
      ] as const)
        ids.push(shop.addArtifact({ name: named(attempt), runId, createdAt }));
    });
    expect(newest).toBe(ids[2]);
  });

  it('is found behind attempts that have left nothing', async () => {
    let id = 0;
    const seen = await found((shop) => {
      id = shop.addArtifact({ name: named(3), runId: shop.addRun({ path: `${workflow}@refs/heads/main` }) });
    });
    expect(seen).toBe(id);
    expect(id).toBeGreaterThan(0);
  });

  it.each([
    ['a run of a fork', { isOfFork: true }, { path: workflow }],
    ['a run of a pull request', {}, { path: `${workflow}@refs/heads/main`, event: 'pull_request' }],
    ['a run of another workflow', {}, { path: '.github/workflows/other.yml' }],
    ['a run whose content is gone', { isExpired: true }, { path: workflow }],
  ])('is not what %s has left', async (_who, artifact, run) => {
    expect(await found((shop) => shop.addArtifact({ name: named(1), runId: shop.addRun(run), ...artifact }))).toBe(0);
  });
});
