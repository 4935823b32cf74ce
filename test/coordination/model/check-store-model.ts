import fc from 'fast-check';
import type { OpenedStore, OpenStore } from '../opened-store.ts';
import { callAll, courses, reopenAll, type Paper, type Real } from './commands.ts';
import { fundedStart, probes } from './plans.ts';
import { blankReference } from './reference.ts';

export interface ModelCheck {
  readonly open: OpenStore;
  readonly runs: number;
  /** How many courses go on at the same time, each over a store of its own; 1 without it. */
  readonly lanes?: number;
  /** Of a run that failed, to see it fail again. */
  readonly seed?: number;
}

/** How often each thing came about: kinds of calls with their answers, and what was left of calls after a crash. */
export type ModelCounts = Readonly<Record<string, number>>;

/**
 * Leads stores through arbitrary courses of calls, crashes and time, beside the same store on paper, and compares answers,
 * log, claims and books after each step. Rejects with the shortest course that it found on which they differ.
 */
export async function checkStoreModel({ open, runs, lanes = 1, seed }: ModelCheck): Promise<ModelCounts> {
  const counts: Record<string, number> = {};
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const course = fc.asyncProperty(courses, async (commands) => {
    const opened = await open();
    try {
      const worlds = await begin(opened, count);
      await fc.asyncModelRun(() => worlds, commands);
      await finish(worlds.model, worlds.real);
    } finally {
      await opened.remove();
    }
  });
  const settings = {
    numRuns: Math.ceil(runs / lanes),
    includeErrorInReport: true,
    ...(seed === undefined ? {} : { seed }),
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, () => fc.assert(course, settings)));
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason;
  return counts;
}

async function begin(opened: OpenedStore, count: Paper['count']): Promise<{ model: Paper; real: Real }> {
  const second = await opened.second?.();
  const model = { reference: blankReference(opened.clock.ms), count };
  const real = { opened, clients: second ? [opened.store, second] : [opened.store] };
  await callAll([{ says: 'start', callAt: () => ({ does: 'append', events: [fundedStart] }) }], model, real);
  return { model, real };
}

/** What is left on each account has to be the same for the process at hand and for the next one. */
async function finish(paper: Paper, real: Real): Promise<void> {
  await callAll(probes, paper, real);
  await reopenAll(paper, real);
  await callAll(probes, paper, real);
  for (const { type } of paper.reference.log) paper.count(type);
}
