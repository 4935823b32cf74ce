import type { PlanTask } from '../plan/plan.ts';
import type { EventData } from '../protocol/event.ts';
import { masterNames, type MasterName } from '../protocol/words.ts';
import type { Expert } from './experts/expert.ts';
import { experts } from './experts/registry.ts';

export type Route = Pick<EventData<'task.routed'>, 'master' | 'strategy' | 'confidence' | 'reason'>;

/** A route with at least this confidence counts as certain enough to go unremarked. */
const threshold = 0.7;

/**
 * The master of a task, by rules in order: the plan's own word; the task's area; the one owner of the capability; the
 * words of its goal. Only masters of the plan that may use the worker kind come into question. Undefined when there
 * is none. Free text decides last and never beats a declared field.
 */
export function routeTask(task: PlanTask, available: readonly MasterName[]): Route | undefined {
  if (task.master) return { master: task.master, strategy: 'declared', confidence: 1, reason: 'the plan names it' };
  const candidates = masterNames
    .filter((name) => available.includes(name) && experts[name].mayUse.includes(task.worker))
    .map((name) => experts[name]);
  return (
    byArea(task, candidates) ?? byCapability(task, candidates) ?? byWords(task, candidates) ?? byKind(task, candidates)
  );
}

function byArea(task: PlanTask, candidates: readonly Expert[]): Route | undefined {
  const { area } = task;
  if (area === null) return undefined;
  const expert = candidates.find((each) => each.areas.includes(area));
  return expert && { master: expert.master, strategy: 'single_expert', confidence: 1, reason: `its area is ${area}` };
}

function byCapability(task: PlanTask, candidates: readonly Expert[]): Route | undefined {
  const capability = `${task.worker}/${task.capability}`;
  const owners = candidates.filter((each) => each.owns.includes(capability));
  const [owner] = owners;
  if (!owner || owners.length > 1) return undefined;
  return { master: owner.master, strategy: 'single_expert', confidence: 0.95, reason: `it owns ${capability}` };
}

function byWords(task: PlanTask, candidates: readonly Expert[]): Route | undefined {
  const text = ` ${`${task.title} ${task.goal}`.toLowerCase().replace(/[^a-z0-9]+/g, ' ')} `;
  const scored = candidates
    .map((expert) => ({ expert, hits: expert.words.filter((word) => speaksOf(text, word)) }))
    .sort((a, b) => b.hits.length - a.hits.length);
  const [best, second] = scored;
  if (!best || best.hits.length === 0) return undefined;
  const confidence = best.hits.length / (best.hits.length + (second?.hits.length ?? 0) + 0.25);
  const strategy = confidence >= threshold ? 'single_expert' : 'single_expert_low_confidence';
  return {
    master: best.expert.master,
    strategy,
    confidence: round(confidence),
    reason: `its goal speaks of ${best.hits.join(', ')}`,
  };
}

/** A word of the goal counts when it begins with the expert's; short ones have to stand alone (`slo` is not in `slow`). */
function speaksOf(text: string, word: string): boolean {
  return word.length > 3 ? text.includes(` ${word}`) : text.includes(` ${word} `) || text.includes(` ${word}s `);
}

function byKind(task: PlanTask, candidates: readonly Expert[]): Route | undefined {
  const [first] = candidates;
  if (!first) return undefined;
  const reason = `it is the first that may send a ${task.worker}; nothing else in the task tells`;
  return {
    master: first.master,
    strategy: 'single_expert_low_confidence',
    confidence: round(1 / (candidates.length + 1)),
    reason,
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
