import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event, EventData, EventType } from '../../src/protocol/event.ts';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { readResults } from '../support/journey.ts';
import { until } from '../support/redis-worlds.ts';
import { freshId, readCopies } from '../support/shared-run.ts';
import { smallRun } from '../support/small-run.ts';
import { stores } from '../support/stores.ts';

const question = 'find-critical';

function dataOf<T extends EventType>(log: readonly Event[], type: T): readonly EventData<T>[] {
  return log.flatMap((event) => (event.type === type ? [event.data as EventData<T>] : []));
}

/** The task as a state file has it; undefined where there is none yet. */
function queueIn(out: string): { tasks?: { task_id: string; status: string }[] } {
  const path = join(out, 'task-queue.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof queueIn>) : {};
}

describe.each(stores().slice(0, 1))('a question of a shared run, over $name', ({ url }) => {
  describe.each(['proceed', 'stop'])('answered with %s', (choice) => {
    const small = smallRun(url, { severity: 'critical' });
    const { run, world, elsewhere } = small;
    const seen = join(elsewhere, 'seen');
    let ran: CliOutcome;
    let watched: CliOutcome;
    let log: readonly Event[];
    const asides: Record<string, CliOutcome> = {};

    /** What others ask while the run waits: they go side by side. */
    async function askAside(): Promise<void> {
      const asked = {
        misspelt: ['answer', run.id, 'find-criticl', choice],
        undecided: ['answer', run.id, question, 'perhaps'],
        nowhere: ['answer', freshId(), question, choice],
        reported: ['report', run.id, '--out', 'so-far'],
      };
      const answers = Object.entries(asked).map(async ([name, args]) => (asides[name] = await small.cortex(...args)));
      asides['storeless'] = await runCli(['answer', run.id, question, choice], { cwd: elsewhere });
      await Promise.all(answers);
    }

    beforeAll(async () => {
      const leg = small.start();
      await leg.printed(/question/);
      const watching = small.watch('--out', 'seen');
      await watching.printed(/question/);
      await askAside();
      await until(() => queueIn(seen).tasks?.some(({ task_id }) => task_id === 'follow') ?? false);
      asides['first'] = await small.cortex('answer', run.id, question, choice);
      asides['second'] = await small.cortex('answer', run.id, question, 'stop');
      [ran, watched] = await Promise.all([leg.ended, watching.ended]);
      log = readCopies(world.out, run.id);
    });
    afterAll(small.remove);

    it('is shown with the words that answer it, by the run and by who watches it', () => {
      const [raised] = dataOf(log, 'escalation.raised');
      const until = raised?.answerBy?.slice(11, 19);
      const line = `question (critical): find found 1 critical: A finding by order; answer ${question} with proceed or stop until ${until}`;
      for (const { stdout } of [ran, watched]) expect(stdout).toContain(line);
    });

    it('is held open by the answer of nobody else', () => {
      expect(asides['misspelt']).toMatchObject({ code: 2, stdout: '' });
      expect(asides['misspelt']?.stderr).toContain(`Did you mean "${question}"?`);
      expect(asides['undecided']).toMatchObject({ code: 2, stdout: '' });
      expect(asides['undecided']?.stderr).toContain('Choose proceed or stop.');
      expect(asides['nowhere']?.stderr).toMatch(/^cortex: The store does not know CORTEX-EXEC-/);
      expect(asides['storeless']).toMatchObject({ code: 2, stdout: '' });
      expect(asides['storeless']?.stderr).toContain('Name it with --store.');
    });

    it('is answered once: who comes second learns who was first', () => {
      expect(asides['first']).toMatchObject({
        code: 0,
        stdout: `${question} is answered with ${choice}\n`,
        stderr: '',
      });
      expect(asides['second']).toMatchObject({ code: 2, stdout: '' });
      const [answer] = dataOf(log, 'escalation.answered');
      expect(answer?.choice).toBe(choice);
      expect(asides['second']?.stderr).toContain(`was answered with ${choice} by ${answer?.by}`);
    });

    it('does not keep the run waiting for its time', () => {
      const [raised] = dataOf(log, 'escalation.raised');
      const end = log.find(({ type }) => type === 'execution.ended');
      // 30 s are given to answer.
      expect(Date.parse(raised?.answerBy ?? '') - Date.parse(end?.at ?? '')).toBeGreaterThan(10_000);
    });

    it('leaves a report of the run so far, which says that it is one', () => {
      expect(asides['reported']).toMatchObject({ code: 0 });
      expect(asides['reported']?.stderr).toContain('has not come to its end');
      expect(readResults(join(elsewhere, 'so-far'), run.id)).toMatchObject({ status: 'partial' });
    });

    it('decides whether what needs the task is blocked or goes on', () => {
      const { tasks } = readResults(world.out, run.id) as { tasks: { task_id: string; status: string }[] };
      const follow = tasks.find(({ task_id }) => task_id === 'follow');
      const code = choice === 'stop' ? 3 : 0;
      expect([follow?.status, ran.code, watched.code]).toEqual([
        choice === 'stop' ? 'blocked' : 'complete',
        code,
        code,
      ]);
    });
  });
});
