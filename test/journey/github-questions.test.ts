import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../src/protocol/event.ts';
import { runAction, type Step } from '../support/action.ts';
import type { CliOutcome } from '../support/cli.ts';
import { openPipeline, type Pipeline } from '../support/pipeline.ts';
import { readCopies } from '../support/shared-run.ts';
import { smallRun } from '../support/small-run.ts';
import { stores } from '../support/stores.ts';

const question = 'find-critical';

describe.each(stores().slice(0, 1))('a question that a run was killed over, over $name', ({ url }) => {
  const small = smallRun(url, { severity: 'critical' });
  const { run, world } = small;
  let github: Pipeline;
  let asked: Step;
  let planned: Step;
  let resumed: CliOutcome;
  let log: readonly Event[];

  const dashboard = () => github.shop.issues()[0];

  beforeAll(async () => {
    github = await openPipeline({
      repository: { from: world.path, roles: { ada: 'write', eve: 'read' } },
      store: url,
    });
    const leg = small.start();
    await leg.printed(/question/);
    leg.signal('SIGKILL');
    await leg.ended;
    asked = await github.report(run.id);
    const number = dashboard()?.number ?? 0;
    github.shop.comment(number, `/cortex answer ${question} proceed`, 'eve');
    github.shop.comment(number, `/cortex answer ${run.id}/${question} 2`, 'ada');
    planned = await resumePlan();
    resumed = await small.resume().ended;
    log = readCopies(world.out, run.id);
  }, 120_000);
  afterAll(async () => {
    small.remove();
    await github.close();
  });

  /** The plan job of a run that goes on with the execution. */
  function resumePlan(): Promise<Step> {
    const inputs = { command: 'plan', plan: 'plans/scripted.yaml', resume: run.id, mode: 'apply' };
    return runAction(inputs, { cwd: world.path, env: github.environment });
  }

  it('becomes a comment of the dashboard, with the words that answer it', () => {
    expect(asked.code, asked.log).toBe(0);
    const [comment] = github.shop.thread(dashboard()?.number ?? 0).comments;
    expect(comment?.body).toContain('security-master asks');
    expect(comment?.body).toContain(`/cortex answer ${run.id}/${question} 1`);
    expect(dashboard()?.body).toContain(question);
  });

  it('is answered by the plan job with what somebody of the right role said, and by nobody else', () => {
    expect(planned.code, planned.log).toBe(0);
    expect(planned.log).toContain(`${question}: answered with stop by ada on the dashboard`);
    const answers = log.flatMap((event) => (event.type === 'escalation.answered' ? [event.data] : []));
    expect(answers).toEqual([{ escalation: question, choice: 'stop', by: 'ada on the dashboard' }]);
  });

  it('decides what the resumed run does', () => {
    // What needs the task is blocked, so that a gate is not met.
    expect(resumed.code, resumed.stderr).toBe(3);
    const blocked = log.flatMap((event) => (event.type === 'task.blocked' ? [event.data.task] : []));
    expect(blocked).toEqual(['follow']);
  });

  it('is shown as answered by the next report, and the answer that did not count is told so once', async () => {
    for (const _ of [1, 2]) expect((await github.report(run.id)).code).toBe(0);
    const bodies = github.shop.thread(dashboard()?.number ?? 0).comments.map(({ body }) => body);
    expect(bodies).toEqual([
      expect.stringContaining('Answered: **stop**, by `ada`'),
      `/cortex answer ${question} proceed`,
      `/cortex answer ${run.id}/${question} 2`,
      expect.stringContaining('`eve` does not count'),
    ]);
    expect(github.fake.violations).toEqual([]);
  });

  it('is left as it was answered where the plan job is run again', async () => {
    const again = await resumePlan();
    expect(again.log).toContain(`${question} was answered with stop by ada on the dashboard`);
  });
});
