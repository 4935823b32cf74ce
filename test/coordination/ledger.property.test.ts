import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFileStore } from '../../src/coordination/file/file-store.ts';
import type { Store } from '../../src/coordination/store.ts';
import type { MasterName } from '../../src/protocol/words.ts';
import { logStart, started } from '../support/events.ts';

/** The books as a person would keep them: one line a key. 900 tokens for all, 600 for each of two masters. */
interface Books {
  readonly lines: Map<string, { account: MasterName; tokens: number; settled: boolean }>;
}
interface World {
  readonly directory: string;
  store: Store;
}
type Command = fc.AsyncCommand<Books, World>;

const limits = { all: 900, each: 600 };

function held(books: Books, account?: MasterName): number {
  const lines = [...books.lines.values()].filter((line) => account === undefined || line.account === account);
  return lines.reduce((sum, line) => sum + line.tokens, 0);
}

function reserve(key: string, account: MasterName, tokens: number): Command {
  return {
    check: () => true,
    run: async (books, { store }) => {
      const answer = await store.reserve({ account, key, tokens, microDollars: 0 });
      const room = Math.min(limits.all - held(books), limits.each - held(books, account));
      const fits = tokens <= Math.max(0, room);
      expect(answer.granted).toBe(books.lines.has(key) || fits);
      if (answer.granted && !books.lines.has(key)) books.lines.set(key, { account, tokens, settled: false });
    },
    toString: () => `reserve ${key} ${account} ${tokens}`,
  };
}

/** Work may come out cheaper than its reservation, or dearer. */
function settle(key: string, tokens: number): Command {
  return {
    check: (books) => books.lines.has(key),
    run: async (books, { store }) => {
      const line = books.lines.get(key);
      if (!line) return;
      await store.settle({ account: line.account, key, tokens, microDollars: 0 });
      if (!line.settled) Object.assign(line, { tokens, settled: true });
    },
    toString: () => `settle ${key} ${tokens}`,
  };
}

function reopen(): Command {
  return {
    check: () => true,
    run: async (_books, world) => {
      await world.store.close();
      world.store = openIn(world.directory);
    },
    toString: () => 'reopen',
  };
}

function openIn(directory: string): Store {
  return openFileStore({ directory, clock: { now: () => logStart } });
}

async function openFunded(directory: string): Promise<World> {
  const store = openIn(directory);
  const account = { tokens: limits.each, microDollars: 0 };
  await store.append([
    started({
      budget: { tokens: 1000, reserveTokens: 100, microDollars: 0, reserveMicroDollars: 0 },
      masters: [
        { name: 'security-master', ...account },
        { name: 'testing-master', ...account },
      ],
    }),
  ]);
  return { directory, store };
}

describe('the ledger', () => {
  it('says what books kept by hand say, whatever is asked in whatever order', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const account = fc.constantFrom<MasterName>('security-master', 'testing-master');
    const commands = [
      fc.tuple(key, account, fc.integer({ min: 0, max: 400 })).map((given) => reserve(...given)),
      fc.tuple(key, fc.integer({ min: 0, max: 500 })).map((given) => settle(...given)),
      fc.constant(0).map(reopen),
    ];
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 25 }), async (given) => {
        const world = await openFunded(mkdtempSync(join(tmpdir(), 'cortex-ledger-')));
        await fc.asyncModelRun(() => ({ model: { lines: new Map() }, real: world }), given);
        await world.store.close();
        rmSync(world.directory, { recursive: true });
      }),
      { numRuns: 40 },
    );
  });
});
