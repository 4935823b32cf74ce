import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stateFiles } from '../../src/execution/state-files.ts';
import { foldEvents } from '../../src/execution/state.ts';
import type { Event } from '../../src/protocol/event.ts';
import type { CliOutcome } from '../support/cli.ts';
import { readResults } from '../support/journey.ts';
import { redisWorld } from '../support/redis-worlds.ts';
import { readCopies } from '../support/shared-run.ts';
import { smallRun } from '../support/small-run.ts';
import { stores } from '../support/stores.ts';

/** What a run prints before it sums up. */
function linesOf(ran: CliOutcome): string {
  return ran.stdout.slice(0, ran.stdout.indexOf('\n\n') + 1);
}

function fileIn(directory: string, path: string): string {
  return readFileSync(join(directory, path), 'utf8');
}

describe.each(stores().slice(0, 1))('a shared run that is looked at from elsewhere, over $name', ({ url }) => {
  const small = smallRun(url);
  const { run, world, elsewhere } = small;
  const seen = join(elsewhere, 'seen');
  const again = join(elsewhere, 'again');
  const redis = redisWorld();
  let ran: CliOutcome;
  let watched: CliOutcome;
  let reported: CliOutcome;
  let log: readonly Event[];

  beforeAll(async () => {
    const leg = small.start();
    await leg.printed(/takes part/);
    const watching = small.watch('--out', 'seen');
    [ran, watched] = await Promise.all([leg.ended, watching.ended]);
    reported = await small.cortex('report', run.id, '--out', 'again');
    const { store } = await redis.join(url, run.id);
    log = await store.read();
  });
  afterAll(async () => {
    small.remove();
    await redis.close();
  });

  it('is watched line by line as it prints them itself, and the watcher ends as it does', () => {
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(linesOf(ran)).toContain('execution ended complete');
    expect(watched).toEqual({ ...ran, stdout: linesOf(ran) });
  });

  it('is watched from its beginning also after its end', async () => {
    expect(await small.watch().ended).toEqual(watched);
  });

  it('leaves the state files that its log amounts to: up to its end where it is watched, all where it is reported', () => {
    const upToEnd = log.slice(0, log.findIndex(({ type }) => type === 'execution.ended') + 1);
    for (const [directory, events] of [[seen, upToEnd] as const, [again, log] as const]) {
      const expected = stateFiles(foldEvents(run.id, events));
      expect(expected.map(({ path }) => path)).toContain('current-execution.json');
      for (const { path, content } of expected)
        expect(fileIn(directory, path), path).toBe(`${JSON.stringify(content, null, 2)}\n`);
    }
  });

  it('is reported anew, byte for byte', () => {
    expect(reported).toMatchObject({ code: 0, stderr: '' });
    for (const file of ['results.json', 'FINAL-REPORT.md']) {
      const path = `execution-plans/${run.id}-${file}`;
      expect(fileIn(again, path)).toBe(fileIn(world.out, path));
    }
  });

  it('is explained where it was reported', async () => {
    const { code, stdout } = await small.cortex('explain', 'tokens.used', run.id, '--out', 'again');
    // find 1100, follow 20, propose 300, look-over 200
    expect(code).toBe(0);
    expect(stdout).toMatch(/tokens\.used = 1\s620 tokens/);
  });

  it('is not explained where it was not: it says how to report it', async () => {
    const { code, stderr } = await small.cortex('explain', 'tokens.used', run.id, '--out', 'nothing-here');
    expect([code, stderr.includes(`cortex report ${run.id}`)]).toEqual([2, true]);
  });

  it('that has ended is not run again: whoever tries ends as it did', async () => {
    const { code, stdout, stderr } = await small.start({ out: join(elsewhere, 'late') }).ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      `${run.id} has ended already: complete (every gate is met). Its report: \`cortex report ${run.id}\` writes it\n`,
    );
  });

  it('that has ended gives whoever asks for JSON its results, or nothing on standard output', async () => {
    const here = await small.start({ flags: ['--json'] }).ended;
    expect(JSON.parse(here.stdout)).toEqual(readResults(world.out, run.id));
    const elsewhereToo = await small.start({ out: join(elsewhere, 'late'), flags: ['--json'] }).ended;
    expect(elsewhereToo).toMatchObject({ code: 0, stdout: '' });
    expect(elsewhereToo.stderr).toContain('has ended already');
  });
});

describe.each(stores().slice(0, 1))('a shared run whose processes were killed, over $name', ({ url }) => {
  const small = smallRun(url, { severity: 'critical', lease: '1s' });
  const { run, world, elsewhere } = small;
  let killed: CliOutcome;

  beforeAll(async () => {
    const leg = small.start();
    await leg.printed(/look-over done/);
    leg.signal('SIGKILL');
    killed = await leg.ended;
  });
  afterAll(small.remove);

  it('is watched until its lease is over, and then said to be cut off', async () => {
    const { code, stdout, stderr } = await small.watch('--lease', '1s').ended;
    expect(killed.stdout).toContain('look-over done');
    expect(stdout.startsWith(killed.stdout)).toBe(true);
    expect([code, stderr]).toEqual([1, `cortex: ${run.id} was cut off. Go on with: cortex run --resume ${run.id}\n`]);
  });

  it('is reported as far as it came', async () => {
    const { code, stderr } = await small.cortex('report', run.id, '--out', 'so-far');
    expect(code).toBe(0);
    expect(stderr).toMatch(/has not come to its end: the report shows its log up to event \d+\n$/);
    const { status, tasks } = readResults(join(elsewhere, 'so-far'), run.id) as {
      status: string;
      tasks: { task_id: string; status: string }[];
    };
    expect(status).toBe('partial');
    expect(tasks.find(({ task_id }) => task_id === 'look-over')?.status).toBe('complete');
  });

  it('is not gone on with from the copy of its log: the store is needed', async () => {
    const { code, stderr } = await small.resume({ env: { CORTEX_STORE: '' } }).ended;
    expect(code).toBe(2);
    expect(stderr).toContain('ran over a shared store');
    expect(stderr).toContain('--store');
  });

  it('is gone on with by --resume, from another folder of the same repository', async () => {
    const out = join(elsewhere, 'resumed');
    const answered = small.cortex('answer', run.id, 'find-critical', 'proceed');
    const resumed = small.resume({ out });
    expect(await answered).toMatchObject({ code: 0 });
    expect(await resumed.ended).toMatchObject({ code: 0, stderr: '' });
    const before = readCopies(world.out, run.id);
    const log = readCopies(out, run.id);
    expect(log.slice(0, before.length)).toEqual(before);
    expect(log.filter(({ type }) => type === 'execution.ended')).toHaveLength(1);
  });
});
