import fc from 'fast-check';
import type { Store } from '../../../src/coordination/store.ts';
import type { OpenedStore } from '../opened-store.ts';
import { perform, type Answer, type Call } from './calls.ts';
import { explain, type Course, type Tried } from './explain.ts';
import { brokenRules, otherBooks } from './log-rules.ts';
import { plan, stepMs, type Plan } from './plans.ts';
import type { Reference } from './reference.ts';

/** What the books on paper say now, and what came about on the way there. */
export interface Paper {
  reference: Reference;
  readonly count: (what: string) => void;
}

/** The store as the processes see it that share it: one, or two. */
export interface Real {
  readonly opened: OpenedStore;
  clients: readonly Store[];
}

type Command = fc.AsyncCommand<Paper, Real>;
interface Begun {
  readonly call: Call;
  readonly answer: Promise<Answer>;
  heard?: Answer;
}

/** Any course of events: calls, calls at once, time that passes, processes that end or are dropped. */
export const courses: fc.Arbitrary<Iterable<Command>> = fc.commands(
  [
    fc.oneof(
      { weight: 10, arbitrary: plan.map((one) => command(one.says, (paper, real) => callAll([one], paper, real))) },
      { weight: 4, arbitrary: fc.array(plan, { minLength: 2, maxLength: 3 }).map(atOnce) },
      { weight: 3, arbitrary: stepMs.map(stepClock) },
      { weight: 1, arbitrary: fc.constant(0).map(reopen) },
      { weight: 2, arbitrary: fc.tuple(fc.array(plan, { maxLength: 2 }), fc.nat(40)).map(crash) },
    ),
  ],
  { maxCommands: 40, size: 'max' },
);

/** Makes the calls at once, each by another process where there are two, and compares what came of them. */
export async function callAll(plans: readonly Plan[], paper: Paper, real: Real): Promise<void> {
  const begun = begin(plans, paper, real);
  const tried: Tried[] = [];
  for (const { call, answer } of begun) tried.push({ call, answer: await answer });
  await look({ before: paper.reference, tried }, paper, real);
}

/** Ends all processes in good order and opens the store anew. */
export async function reopenAll(paper: Paper, real: Real): Promise<void> {
  await goOn(await real.opened.reopen(), real);
  await look({ before: paper.reference, tried: [], processEnded: true }, paper, real);
}

function atOnce(plans: readonly Plan[]): Command {
  return command(`at once: ${plans.map(({ says }) => says).join(' | ')}`, (paper, real) => callAll(plans, paper, real));
}

function stepClock(ms: number): Command {
  return command(`${ms} ms pass`, async (paper, real) => {
    real.opened.clock.ms += ms;
    const before = { ...paper.reference, now: paper.reference.now + ms };
    await look({ before, tried: [] }, paper, real);
  });
}

function reopen(): Command {
  return command('reopen', reopenAll);
}

/** Calls are under way when the process is dropped; of those that had no answer yet, each may have happened or not. */
function crash([plans, turns]: readonly [readonly Plan[], number]): Command {
  const says = `crash after ${turns} turns of: ${plans.map(({ says: each }) => each).join(' | ') || 'nothing'}`;
  return command(says, async (paper, real) => {
    const { opened } = real;
    if (!opened.crash) return;
    const begun = begin(plans, paper, real);
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const tried = begun.map(({ call, heard }) => (heard === undefined ? { call } : { call, answer: heard }));
    await goOn(await opened.crash(), real);
    const before = paper.reference;
    await look({ before, tried, processEnded: true }, paper, real);
    if (tried.some(({ answer }) => answer === undefined))
      paper.count(`crash: ${paper.reference.log.length > before.log.length ? 'kept' : 'no trace'}`);
  });
}

function command(says: string, run: Command['run']): Command {
  return { check: () => true, run, toString: () => says };
}

function begin(plans: readonly Plan[], paper: Paper, { clients }: Real): readonly Begun[] {
  return plans.flatMap(({ callAt }, index) => {
    const store = clients[index % clients.length];
    if (!store) return [];
    const call = callAt(paper.reference);
    const begun: Begun = { call, answer: perform(store, call) };
    begun.answer.then(
      (answer) => (begun.heard = answer),
      () => undefined,
    );
    return [begun];
  });
}

async function goOn(store: Store, real: Real): Promise<void> {
  const second = await real.opened.second?.();
  real.clients = second ? [store, second] : [store];
}

/** Reads the store, and finds the books on paper that explain what was heard and what is seen. Throws where none do. */
async function look(course: Course, paper: Paper, { opened, clients }: Real): Promise<void> {
  const store = clients.at(-1);
  if (!store) return;
  const [log, claims] = await Promise.all([store.read(), store.claims()]);
  const seen = { log, claims };
  const forgets = course.processEnded === true && opened.forgetsRenewals === true;
  paper.reference = explain({ ...course, forgets }, seen);
  const broken = [...brokenRules(seen.log), ...otherBooks(seen.log, paper.reference)];
  if (broken.length > 0) throw new Error(broken.join('\n'));
  for (const { call, answer } of course.tried) if (answer !== undefined) paper.count(`${call.does}: ${kindOf(answer)}`);
}

function kindOf(answer: Answer): string {
  if (typeof answer === 'string') return answer;
  if ('granted' in answer) return answer.granted ? 'granted' : 'refused';
  if ('heldBy' in answer) return 'held';
  return 'length' in answer ? `${answer.length > 0 ? 'new' : 'known'} events` : 'taken';
}
