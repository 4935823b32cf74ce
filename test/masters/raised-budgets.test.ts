import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MasterContext } from '../../src/masters/context.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { scan } from '../support/master-plans.ts';
import { dear, movesOf, runScarce, scarce, statusOf } from '../support/scarce-budgets.ts';
import { heldWork, type RunOptions, type Script, type WorkedRun } from '../support/scripted-worker.ts';

describe('a request that nothing covers is asked of a person,', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-masters-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const run = (of: Plan, script?: Script, options: Partial<RunOptions> = {}): Promise<WorkedRun> =>
    runScarce(of, { directory, ...(script ? { script } : {}), ...options });
  const plan = scarce({
    'security-master': {
      tokens: 40,
      tasks: [dear({ priority: 'high' }), scan('after', { needs: ['dear'], tokens: 0 })],
    },
  });
  const asked = { answerWaitMs: 60_000, leaseMs: 30 };
  /** Answers the question about the budget of `dear` as soon as it is asked. */
  const answering =
    (choice: string): Required<RunOptions>['before'] =>
    async (context, store) => {
      void question(context).then(() =>
        store.append([
          {
            id: 'escalation.answered:dear-1-budget',
            actor: 'person',
            fence: 0,
            type: 'escalation.answered',
            data: { escalation: 'dear-1-budget', choice, by: 'ada@home' },
          },
        ]),
      );
    };
  const question = ({ board, signal }: MasterContext): Promise<unknown> =>
    board.until((state) => state.escalations.get('dear-1-budget'), signal);

  it('who is told what is lacking, and until when to answer', async () => {
    const done = await run(plan, undefined, { context: asked, before: answering('stop') });
    expect(done.dataOf('escalation.raised')[0]).toMatchObject({
      escalation: 'dear-1-budget',
      task: 'dear',
      master: 'security-master',
      severity: 'high',
      issue: 'security-master lacks 60 tokens and 0 micro-dollars for dear',
      options: ['stop', 'raise'],
      answerBy: expect.stringMatching(/Z$/) as string,
    });
  });

  it('who may raise the budget by what is lacking', async () => {
    const done = await run(plan, undefined, { context: asked, before: answering('raise') });
    expect(done.dataOf('budget.moved')).toMatchObject([
      { key: 'dear-1', from: 'person', to: 'security-master', tokens: 60, reason: 'raised by ada@home' },
    ]);
    expect([statusOf(done, 'dear'), statusOf(done, 'after')]).toEqual(['complete', 'complete']);
  });

  it('who may let the task fail', async () => {
    const done = await run(plan, undefined, { context: asked, before: answering('stop') });
    expect(done.dataOf('budget.denied')).toMatchObject([
      { key: 'dear-1', reason: expect.stringContaining('ada@home did not raise it') as string },
    ]);
    expect([statusOf(done, 'dear'), statusOf(done, 'after')]).toEqual(['failed', 'blocked']);
  });

  it('and fails where nobody answers in time', async () => {
    const done = await run(plan, undefined, { context: { ...asked, answerWaitMs: 40 } });
    expect(done.dataOf('escalation.answered')[0]).toEqual({
      escalation: 'dear-1-budget',
      choice: 'stop',
      by: 'the plan (escalations.severities.high)',
    });
    expect(statusOf(done, 'dear')).toBe('failed');
    expect(movesOf(done)).toEqual([]);
  });

  it('whom it needs no more where budget comes in the meantime: the late answer stops nothing', async () => {
    const worked = heldWork();
    const done = await run(plan, ({ task }) => (task === 'dear' ? worked.done : {}), {
      context: { ...asked, answerWaitMs: 60 },
      before: async (context, store) => {
        const { board, signal } = context;
        const refund = { key: 'refund', from: 'person', to: 'security-master', tokens: 60, microDollars: 0 } as const;
        void question(context).then(() => store.move({ ...refund, reason: 'by hand' }));
        const late = board.until((state) => state.escalations.get('dear-1-budget')?.answer, signal);
        void late.then(() => worked.finish());
      },
    });
    expect(done.state.escalations.get('dear-1-budget')?.answer?.choice).toBe('stop');
    expect([statusOf(done, 'dear'), statusOf(done, 'after')]).toEqual(['complete', 'complete']);
  });
});
