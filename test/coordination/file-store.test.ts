import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStore, storePaths } from '../../src/coordination/file/file-store.ts';
import { followLog } from '../../src/coordination/file/follow-log.ts';
import { isHeld, takeLock } from '../../src/coordination/file/lock.ts';
import type { Store } from '../../src/coordination/store.ts';
import { logStart, newEvent } from '../support/events.ts';
import { storeContract } from './store-contract.ts';

const programs = join(import.meta.dirname, '..', 'support', 'programs');
const report = (key = 'report'): ReturnType<typeof newEvent> =>
  newEvent('phase.started', { phase: 'report', limitMs: 1 }, key);

function openIn(directory: string, mask?: (text: string) => string): Store {
  return openFileStore({ directory, clock: { now: () => logStart }, ...(mask ? { mask } : {}) });
}

storeContract('the file store', () => {
  const directory = mkdtempSync(join(tmpdir(), 'cortex-store-'));
  const clock = { ms: logStart };
  const open = (): Store => openFileStore({ directory, clock: { now: () => clock.ms } });
  let store = open();
  return Promise.resolve({
    store,
    clock,
    forgetsRenewals: true,
    reopen: async () => {
      await store.close();
      return (store = open());
    },
    remove: async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    },
  });
});

describe('the file store on a disk', () => {
  let directory = '';
  let paths = storePaths('');
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-store-'));
    paths = storePaths(directory);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('has an event in its file when the append resolves, one line each', async () => {
    const store = openIn(directory);
    const kept = await store.append([report('a'), report('b')]);
    expect(
      readFileSync(paths.log, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(kept);
    await store.close();
  });

  it('has an event in its file also when it was another writer who gave it first', async () => {
    const store = openIn(directory);
    const first = store.append([report()]);
    await store.append([report()]);
    expect(readFileSync(paths.log, 'utf8')).toContain('phase.started:report');
    await first;
    await store.close();
  });

  it('keeps what it acknowledged when the disk is full, and takes nothing more', async () => {
    const node = JSON.stringify(process.execPath);
    const fill = JSON.stringify(join(programs, 'fill-store.mjs'));
    const { stdout } = spawnSync('bash', ['-c', `ulimit -f 16; exec ${node} ${fill} "$0"`, directory], {
      encoding: 'utf8',
    });
    const seen = JSON.parse(stdout) as { acknowledged: number; codes: readonly string[] };
    expect(seen.codes).toEqual(['log-not-written', 'log-not-written', 'log-not-written']);
    const store = openIn(directory);
    expect(await store.read()).toHaveLength(seen.acknowledged);
    await store.close();
  });

  it('cuts a torn last line, which nobody was told of', async () => {
    const store = openIn(directory);
    await store.append([report('a'), report('b')]);
    await store.close();
    truncateSync(paths.log, statSync(paths.log).size - 1);
    const again = openIn(directory);
    expect((await again.read()).map(({ id }) => id)).toEqual(['phase.started:a']);
    await again.append([report('c')]);
    await again.close();
    const third = openIn(directory);
    expect((await third.read()).map(({ id }) => id)).toEqual(['phase.started:a', 'phase.started:c']);
    await third.close();
  });

  it.each([
    ['no JSON', 'half a li'],
    ['an empty line', ''],
    ['an event of no known type', '{"v":1,"seq":2,"at":"","id":"x","actor":"","fence":0,"type":"tea.made","data":{}}'],
  ])('refuses a log with a damaged line (%s) and names its place', async (_name, line) => {
    const store = openIn(directory);
    await store.append([report('a')]);
    await store.close();
    appendFileSync(paths.log, `${line}\n`);
    expect(() => openIn(directory)).toThrow(
      expect.objectContaining({
        family: 'problem',
        code: 'log-damaged',
        message: expect.stringContaining(`${paths.log}:2:`) as string,
      }),
    );
  });

  it('does not keep the folder when it refuses the log', async () => {
    writeFileSync(paths.log, 'no event\n');
    expect(() => openIn(directory)).toThrow(expect.objectContaining({ code: 'log-damaged' }));
    rmSync(paths.log);
    await openIn(directory).close();
  });

  it('goes on after the last number of a log that lost lines in its middle', async () => {
    const store = openIn(directory);
    await store.append([report('a'), report('b'), report('c')]);
    await store.close();
    const [first = '', , third = ''] = readFileSync(paths.log, 'utf8').split('\n');
    writeFileSync(paths.log, `${first}\n${third}\n`);
    const again = openIn(directory);
    expect((await again.append([report('d')])).map(({ seq }) => seq)).toEqual([4]);
    await again.close();
  });

  it('writes no secret, and remembers the event as it wrote it', async () => {
    const store = openIn(directory, (text) => text.replaceAll('hunter2', '***'));
    await store.append([
      newEvent('task.skipped', { task: 'a', master: 'security-master', missing: 'model', reason: 'hunter2!' }),
    ]);
    expect(readFileSync(paths.log, 'utf8')).not.toContain('hunter2');
    const [kept] = await store.read();
    expect(kept?.data).toMatchObject({ reason: '***!' });
    await store.close();
    const again = openIn(directory);
    expect(await again.read()).toEqual([kept]);
    await again.close();
  });

  it('refuses an event that masking would make unreadable, rather than damage the log', async () => {
    const store = openIn(directory, (text) => text.replaceAll('security', '***'));
    const claimed = newEvent('master.activated', { master: 'security-master', tasks: 1, expertise: '' });
    await expect(store.append([claimed])).rejects.toMatchObject({ family: 'problem', code: 'secret-is-a-word' });
    expect(readFileSync(paths.log, 'utf8')).toBe('');
    await store.close();
  });

  it('forgets a renewed lease with its process: the claim then counts from its taking', async () => {
    const clock = { ms: logStart };
    const open = (): Store => openFileStore({ directory, clock: { now: () => clock.ms } });
    const store = open();
    await store.claim('leg', 'ada', 1000);
    await store.renew({ name: 'leg', owner: 'ada', fence: 1 }, 60_000);
    await store.close();
    const again = open();
    expect(await again.claims()).toEqual([{ name: 'leg', owner: 'ada', fence: 1, leftMs: 1000 }]);
    await again.close();
  });

  it('refuses a blob whose content is not what its name says, until the content is kept again', async () => {
    const store = openIn(directory);
    const hash = await store.putBlob('hello');
    truncateSync(join(paths.blobs, hash.slice(0, 2), hash), 0);
    await expect(store.getBlob(hash)).rejects.toMatchObject({ family: 'outside', code: 'blob-damaged' });
    await store.putBlob('hello');
    expect(Buffer.from(await store.getBlob(hash)).toString('utf8')).toBe('hello');
    await store.close();
  });

  it('rejects, and does not throw, when a blob can’t be kept', async () => {
    writeFileSync(paths.blobs, 'a file where a folder has to be');
    const store = openIn(directory);
    const kept = store.putBlob('hello');
    await expect(kept).rejects.toMatchObject({ family: 'outside', code: 'file-not-written' });
    await store.close();
  });
});

describe('one process at a time', () => {
  let directory = '';
  let lock = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-store-'));
    lock = storePaths(directory).lock;
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const holdElsewhere = async (): Promise<ReturnType<typeof spawn>> => {
    const holder = spawn(process.execPath, [join(programs, 'hold-store.mjs'), directory, JSON.stringify([report()])]);
    await once(holder.stdout, 'data');
    return holder;
  };

  it('refuses the folder to a second process, and to a second store of the same one', async () => {
    const holder = await holdElsewhere();
    expect(() => openIn(directory)).toThrow(expect.objectContaining({ family: 'problem', code: 'execution-in-use' }));
    holder.stdin?.end();
    await once(holder, 'exit');
    const store = openIn(directory);
    expect(() => openIn(directory)).toThrow(expect.objectContaining({ code: 'execution-in-use' }));
    await store.close();
  });

  it('takes over from a process that was killed, with all that it was told is kept', async () => {
    const holder = await holdElsewhere();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const store = openIn(directory);
    expect((await store.read()).map(({ id }) => id)).toEqual(['phase.started:report']);
    await store.close();
  });

  it('gives the folder to one of many who find the holder dead', async () => {
    const holder = await holdElsewhere();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const program = `import { openFileStore } from ${JSON.stringify(join(import.meta.dirname, '../../src/coordination/file/file-store.ts'))};
      try { openFileStore({ directory: process.argv[1], clock: { now: () => 0 } }); process.stdout.write('mine'); process.stdin.resume(); }
      catch (error) { process.stdout.write(error.code); }`;
    const rivals = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', program, directory], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const said = await Promise.all(rivals.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])));
    expect(said.toSorted()).toEqual(['execution-in-use', 'execution-in-use', 'execution-in-use', 'mine']);
    for (const rival of rivals) rival.stdin.end();
  });

  it('never judges a holder on another machine', () => {
    writeFileSync(lock, `1 not-${hostname()} 5\n`);
    expect(() => takeLock(lock, Date.now)).toThrow(expect.objectContaining({ code: 'execution-in-use' }));
  });

  it('replaces a holder whose number another process has now', () => {
    writeFileSync(lock, `${process.ppid} ${hostname()} 1\n`);
    const held = takeLock(lock, Date.now);
    expect(readFileSync(lock, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    held.release();
  });

  it('waits for a holder that has not written its name yet, but not for ever', () => {
    writeFileSync(lock, '');
    expect(() => takeLock(lock, Date.now)).toThrow(expect.objectContaining({ code: 'execution-in-use' }));
    utimesSync(lock, 0, 0);
    takeLock(lock, Date.now).release();
  });
});

describe('a log that another process writes', () => {
  it('is followed as it grows, line by whole line', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'cortex-store-'));
    const { log } = storePaths(directory);
    const store = openIn(directory);
    const kept = await store.append([report('a'), report('b')]);
    const whole = readFileSync(log, 'utf8');
    const copy = join(directory, 'copy.jsonl');
    writeFileSync(copy, whole.slice(0, -10));
    const seen: string[] = [];
    for await (const event of followLog(copy, () => true)) {
      seen.push(event.id);
      if (seen.length === 1) appendFileSync(copy, whole.slice(-10));
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(kept.map(({ id }) => id));
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('comes to an end once nobody writes it any more, with all of it read', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'cortex-store-'));
    const { log, lock } = storePaths(directory);
    const store = openIn(directory);
    const kept = await store.append([report('a'), report('b')]);
    expect(isHeld(lock)).toBe(true);
    await store.close();
    const seen: string[] = [];
    for await (const event of followLog(log, () => isHeld(lock))) seen.push(event.id);
    expect(seen).toEqual(kept.map(({ id }) => id));
    rmSync(directory, { recursive: true });
  });
});
