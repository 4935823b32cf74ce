import { describe, expect, it } from 'vitest';
import { createSlots, type Slots } from '../../src/masters/slots.ts';
import type { Priority } from '../../src/protocol/words.ts';

const never = new AbortController().signal;

interface Queue {
  readonly clock: { ms: number };
  readonly ask: (
    name: string,
    priority: Priority,
    more?: { followers?: number; signal?: AbortSignal },
  ) => Promise<void>;
  readonly served: string[];
  readonly free: () => Promise<void>;
}

/** One place, taken; those who ask for it are noted in the order in which they get it. */
async function queue(): Promise<Queue> {
  const clock = { ms: 0 };
  const slots: Slots = createSlots(1, () => clock.ms);
  const served: string[] = [];
  let release = await slots.take({ priority: 'low', followers: 0 }, never);
  const ask: Queue['ask'] = async (name, priority, { followers = 0, signal = never } = {}) => {
    release = await slots.take({ priority, followers }, signal);
    served.push(name);
  };
  const free = async (): Promise<void> => {
    release();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, ask, served, free };
}

describe('places for workers', () => {
  it('are as many as there are, and one is free again when it is given back', async () => {
    const slots = createSlots(2, () => 0);
    const taken: string[] = [];
    const take = (name: string): Promise<() => void> =>
      slots.take({ priority: 'low', followers: 0 }, never).then((release) => (taken.push(name), release));
    const [first] = await Promise.all([take('a'), take('b')]);
    const third = take('c');
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toEqual(['a', 'b']);
    first();
    await third;
    expect(taken).toEqual(['a', 'b', 'c']);
  });

  it('given back twice are one place', async () => {
    const slots = createSlots(1, () => 0);
    const wish = { priority: 'low', followers: 0 } as const;
    const release = await slots.take(wish, never);
    release();
    release();
    await slots.take(wish, never);
    let second = false;
    void slots.take(wish, never).then(() => (second = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(second).toBe(false);
  });

  it('go to the highest priority first, and to who came first among equals', async () => {
    const { ask, served, free } = await queue();
    void ask('low', 'low');
    void ask('medium', 'medium');
    void ask('critical', 'critical');
    void ask('high', 'high');
    void ask('high again', 'high');
    for (let each = 0; each < 5; each += 1) await free();
    expect(served).toEqual(['critical', 'high', 'high again', 'medium', 'low']);
  });

  it('go to the highest priority also among those who ask in the same moment', async () => {
    const slots = createSlots(1, () => 0);
    const served: Priority[] = [];
    const wish = (priority: Priority): Promise<unknown> =>
      slots.take({ priority, followers: 0 }, never).then(() => served.push(priority));
    void wish('low');
    void wish('critical');
    await new Promise((resolve) => setImmediate(resolve));
    expect(served).toEqual(['critical']);
  });

  it('go rather to a task that others wait for', async () => {
    const { ask, served, free } = await queue();
    void ask('alone', 'medium');
    void ask('awaited', 'medium', { followers: 1 });
    await free();
    expect(served).toEqual(['awaited']);
  });

  it('go at last to who waits long enough, whatever its priority', async () => {
    const { clock, ask, served, free } = await queue();
    void ask('patient', 'low');
    clock.ms = 74_000;
    void ask('urgent', 'critical');
    await free();
    clock.ms += 1000;
    void ask('urgent again', 'critical');
    // 75 points lie between low and critical, and a second of waiting is one: both have 100, the one who waited goes.
    await free();
    expect(served).toEqual(['urgent', 'patient']);
  });

  it('are not given to who has stopped waiting', async () => {
    const { ask, served, free } = await queue();
    const abort = new AbortController();
    const given = ask('gone', 'critical', { signal: abort.signal });
    void ask('there', 'low');
    abort.abort(new Error('stopped'));
    await expect(given).rejects.toThrow('stopped');
    await free();
    expect(served).toEqual(['there']);
  });

  it('are refused to who had stopped before asking', async () => {
    const wish = { priority: 'low', followers: 0 } as const;
    await expect(createSlots(1, () => 0).take(wish, AbortSignal.abort(new Error('stopped')))).rejects.toThrow(
      'stopped',
    );
  });
});
