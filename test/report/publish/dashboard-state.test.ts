import { describe, expect, it } from 'vitest';
import type { HostIssue } from '../../../src/protocol/code-host.ts';
import {
  emptyState,
  seenDashboard,
  writeState,
  type DashboardState,
} from '../../../src/report/publish/world/dashboard-state.ts';
import { sha256 } from '../../../src/shared/canonical.ts';
import { ours } from '../../support/publish/publish-host.ts';

const state: DashboardState = {
  ...emptyState,
  plans: [
    {
      name: 'nightly',
      base: null,
      execution: 'CORTEX-EXEC-1',
      at: '2026-11-20T00:00:00.000Z',
      since: { '0123456789ab': '2026-11-20T00:00:00.000Z' },
      waiting: [],
      asked: [],
      left: 0,
    },
  ],
  told: [3],
  dressed: [1, 2],
};
const issue = (overrides: Partial<HostIssue> = {}): HostIssue => ({
  number: 5,
  nodeId: 'I_5',
  url: '',
  state: 'open',
  title: 'Cortex dashboard',
  body: `# Cortex\n\n${writeState(state)}`,
  author: { login: ours.login, isBot: true },
  labels: ['cortex-dashboard'],
  comments: [],
  ...overrides,
});
const seen = (...issues: readonly HostIssue[]) => seenDashboard({ issues }, ours);

describe('the memory of the dashboard', () => {
  it('is read back as it was written', () => {
    expect(seen(issue())).toMatchObject({ issue: { number: 5 }, memory: 'kept', state, duplicates: [] });
  });

  it.each([
    ['was edited', (body: string) => body.replace('"told":[3]', '"told":[4]')],
    ['was cut off', (body: string) => body.slice(0, -10)],
    ['stands there twice', (body: string) => `${body}\n${writeState(emptyState)}`],
    ['has members that nobody knows', () => `# Cortex\n<!-- cortex:dashboard v1 0000 {} -->`],
  ])('is empty, and known to be damaged, where it %s', (_, spoil) => {
    expect(seen(issue({ body: spoil(issue().body) }))).toMatchObject({
      issue: { number: 5 },
      memory: 'damaged',
      state: emptyState,
    });
  });

  it('is none where no issue of ours has it', () => {
    const person = issue({ author: { login: 'mallory', isBot: false } });
    expect(seen(person)).toMatchObject({ issue: null, memory: 'none' });
    expect(seen(issue({ body: 'A person wrote it anew' }))).toMatchObject({ issue: null, memory: 'none' });
  });

  it('is that of the oldest one, and open others are too many', () => {
    const all = [issue({ number: 9 }), issue({ number: 7, state: 'closed' }), issue({ number: 5 })];
    const { issue: first, duplicates } = seen(...all);
    expect([first?.number, duplicates.map(({ number }) => number)]).toEqual([5, [9]]);
  });

  it('loses its oldest entries where it grows too long, and stays readable', () => {
    const ignored = Array.from({ length: 400 }, (_, index) => ({
      id: sha256(String(index)).slice(0, 12),
      plan: 'nightly',
      branch: `cortex/cicd-master/${sha256(String(index)).slice(0, 12)}-x`,
      pullRequest: index + 1,
      at: '2026-11-20T00:00:00.000Z',
      members: [{ change: sha256(`c${index}`), task: 'fix', findings: [sha256(`f${index}`)], rules: ['a/b'] }],
    }));
    const text = writeState({ ...state, ignored });
    expect(text.length).toBeLessThanOrEqual(20_000);
    const { memory, state: kept } = seen(issue({ body: text }));
    expect(memory).toBe('kept');
    expect(kept.ignored.length).toBeGreaterThan(10);
    expect(kept.ignored.at(-1)?.pullRequest).toBe(400);
    expect(kept.dressed).toEqual([1, 2]);
  });
});
