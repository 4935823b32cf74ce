import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LaunchRequest, Outcome } from '../../src/protocol/attempt.ts';
import type { Launcher } from '../../src/cluster/launcher.ts';
import type { FailureClass } from '../../src/protocol/event.ts';
import { workerExit } from '../../src/protocol/words.ts';

/** What a scripted worker does, in turn: `[act, argument]`; see `programs/worker.mjs`. */
export type Script = readonly (readonly [act: string, argument?: unknown])[];

/** What a place lets be seen of its workers beyond how they end. */
export interface Shown {
  /** What they write. A node that only simulates its pods has none. */
  readonly logs: boolean;
}

/** A place where scripted workers can be launched. */
export interface LauncherWorld {
  readonly launcher: Launcher;
  /** A launcher of another process over the same place. */
  readonly another: () => Launcher;
  /** Puts a script where the worker finds it, and returns the request that names it. */
  readonly request: (worker: string, script: Script, limits?: Partial<LaunchRequest>) => LaunchRequest;
  /** How often a worker was really started. */
  readonly runs: (worker: string) => Promise<number>;
  readonly remove: () => Promise<void>;
}

/** What every launcher keeps to, whatever runs its workers. */
export function launcherContract(name: string, shows: Shown, open: () => Promise<LauncherWorld>): void {
  const logs = shows.logs ? it : it.skip;
  const note = shows.logs ? '' : ' (not shown: nothing writes here)';
  describe(`${name}, as a launcher`, () => {
    let world: LauncherWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.remove());

    const run = async (script: Script, limits?: Partial<LaunchRequest>): Promise<Outcome> =>
      (await world.launcher.launch(world.request('scan-1', script, limits))).outcome;

    it('returns the envelope of a worker that did its work', async () => {
      const outcome = await run([['leave'], ['exit', 0]]);
      expect(outcome).toMatchObject({ kind: 'returned', envelope: { worker: 'scan-1', usage: { inputTokens: 7 } } });
    });

    const classes: readonly (readonly [number, FailureClass])[] = [
      [workerExit.badTask, 'bad-task'],
      [workerExit.budgetSpent, 'budget-spent'],
      [workerExit.refused, 'refused'],
      [workerExit.bug, 'crash'],
      [workerExit.tryAgain, 'try-again'],
      [workerExit.noAccess, 'no-access'],
      [1, 'crash'],
    ];
    it.each(classes)('reads exit code %i as %s, with what the worker spent and said', async (code, failure) => {
      const error = { code: 'a-code', message: 'what happened' };
      const outcome = await run([
        ['leave', { status: 'failed', exitCode: code, error }],
        ['exit', code],
      ]);
      expect(outcome).toMatchObject({
        kind: 'lost',
        class: failure,
        detail: `exit code ${code}: a-code: what happened`,
        envelope: { usage: { inputTokens: 7 } },
      });
    });

    it.each<readonly [string, Script]>([
      ['no envelope', []],
      ['an envelope that is no JSON', [['scribble', '{']]],
      ['an envelope that breaks its schema', [['leave', { attempt: 0 }]]],
      ['the envelope of another worker', [['leave', { worker: 'scan-2' }]]],
      ['an envelope that says it failed', [['leave', { status: 'failed' }]]],
    ])('takes exit code 0 with %s for a breach of the protocol', async (_name, script) => {
      expect(await run([...script, ['exit', 0]])).toMatchObject({ kind: 'lost', class: 'protocol' });
    });

    it('ends a worker at its time limit, also one that does not listen', async () => {
      const outcome = await run(
        [
          ['ignore', 'SIGTERM'],
          ['wait', 60_000],
        ],
        { timeoutMs: 300 },
      );
      expect(outcome).toMatchObject({ kind: 'lost', class: 'timeout' });
    });

    it('ends a worker that takes more memory than its limit', async () => {
      const outcome = await run(
        [
          ['allocate', 300],
          ['wait', 60_000],
        ],
        { memoryBytes: 200 * 1024 * 1024 },
      );
      expect(outcome).toMatchObject({ kind: 'lost', class: 'out-of-memory' });
    });

    it('counts a worker whose heap is full as out of memory', async () => {
      expect(await run([['fill']], { memoryBytes: 48 * 1024 * 1024 })).toMatchObject({ class: 'out-of-memory' });
    });

    it('takes a worker that was killed from outside for disrupted', async () => {
      const outcome = await run([
        ['signal', 'SIGKILL'],
        ['wait', 60_000],
      ]);
      expect(outcome).toMatchObject({ kind: 'lost', class: 'disruption' });
    });

    it('takes the word of a worker that was done, though it was killed before it could leave', async () => {
      const outcome = await run([['leave'], ['signal', 'SIGKILL'], ['wait', 60_000]]);
      expect(outcome).toMatchObject({ kind: 'returned', envelope: { worker: 'scan-1' } });
    });

    it('ends a worker that is cancelled, and has ended it when it says so', async () => {
      const running = await world.launcher.launch(world.request('scan-1', [['wait', 60_000]]));
      await world.launcher.cancel('scan-1');
      expect(await running.outcome).toMatchObject({ kind: 'lost', class: 'cancelled' });
    });

    it('has nothing to cancel of a worker that it does not know', async () => {
      await expect(world.launcher.cancel('nobody-1')).resolves.toBeUndefined();
    });

    it('starts one worker for a name, however often it is launched', async () => {
      const request = world.request('scan-1', [['wait', 300], ['leave'], ['exit', 0]]);
      const both = await Promise.all([world.launcher.launch(request), world.launcher.launch(request)]);
      const outcomes = await Promise.all(both.map((running) => running.outcome));
      expect(outcomes[0]).toEqual(outcomes[1]);
      expect(await world.runs('scan-1')).toBe(1);
      expect(both.map((running) => running.adopted)).toEqual([false, true]);
    });

    it('adopts an attempt that has ended: it runs nothing and returns what was left', async () => {
      const request = world.request('scan-1', [['leave'], ['exit', 0]]);
      await (
        await world.launcher.launch(request)
      ).outcome;
      const again = await world.another().launch(request);
      expect(again.adopted).toBe(true);
      expect(await again.outcome).toMatchObject({ kind: 'returned', envelope: { worker: 'scan-1' } });
      expect(await world.runs('scan-1')).toBe(1);
    });

    it('adopts a failed attempt as the failure that it was', async () => {
      const failure = { status: 'failed', exitCode: workerExit.tryAgain };
      const request = world.request('scan-1', [
        ['leave', failure],
        ['exit', workerExit.tryAgain],
      ]);
      await (
        await world.launcher.launch(request)
      ).outcome;
      const again = await world.another().launch(request);
      expect(await again.outcome).toMatchObject({ kind: 'lost', class: 'try-again' });
    });

    it('makes nothing of an attempt that left nothing valid, also when it is launched again', async () => {
      const broken = world.request('scan-1', [
        ['scribble', '{'],
        ['exit', 0],
      ]);
      await (
        await world.launcher.launch(broken)
      ).outcome;
      const again = await world.another().launch(broken);
      expect(await again.outcome).toMatchObject({ kind: 'lost', class: 'protocol' });
    });

    logs(`keeps the lines of both outputs, masked${note}`, async () => {
      await run([['say', 'one hunter2'], ['complain', 'two'], ['say', 'three'], ['leave'], ['exit', 0]]);
      const lines = (await world.launcher.logs('scan-1')).trimEnd().split('\n');
      expect(lines.toSorted()).toEqual(['one ***', 'three', 'two']);
    });

    it('has no log of a worker that it does not know', async () => {
      expect(await world.launcher.logs('nobody-1')).toBe('');
    });

    it('starts nothing more once it is closed, and has ended what ran', async () => {
      const running = await world.launcher.launch(world.request('scan-1', [['wait', 60_000]]));
      await world.launcher.close();
      expect(await running.outcome).toMatchObject({ class: 'cancelled' });
      await expect(world.launcher.launch(world.request('scan-2', []))).rejects.toMatchObject({
        code: 'launcher-closed',
      });
    });
  });
}
