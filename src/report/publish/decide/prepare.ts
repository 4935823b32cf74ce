import type { HostIdentity } from '../../../protocol/code-host.ts';
import { createPatch } from '../../../shared/unified-diff.ts';
import type { PublishPolicy } from '../../../plan/plan.ts';
import { aboutCandidate } from './about.ts';
import { anchorChange } from '../fix/anchor.ts';
import type { BaseFiles } from '../fix/base-files.ts';
import { idOf } from '../world/branch-names.ts';
import type { Candidate } from '../fix/candidates.ts';
import type { Decision } from './decision.ts';
import { groupChanges, keyOf, type Fix, type Grouping, type ReadyChange } from '../fix/fix.ts';
import { gateWorkspace, refusalOf, workflowPaths, type GateContext } from '../fix/gate.ts';
import { ignoredFor } from './ignored.ts';
import type { LessonFromPerson } from '../lessons.ts';
import type { PublishLimits } from '../limits.ts';
import { homeOf, openPulls, type World } from '../world/world.ts';

export interface PrepareContext {
  readonly world: World;
  readonly plan: Grouping;
  readonly policy: PublishPolicy;
  readonly identity: HostIdentity;
  readonly lessons: readonly LessonFromPerson[];
  readonly nowMs: number;
  readonly limits: PublishLimits;
  readonly mask: (text: string) => string;
}

/** Candidates that may become pull requests, and what is decided of the others. */
export interface Sorted {
  readonly wanted: readonly Candidate[];
  readonly decisions: readonly Decision[];
}

/** Takes out what is not proven, and what people do not want. Pure. */
export function sortOut(candidates: readonly Candidate[], context: PrepareContext): Sorted {
  const wanted: Candidate[] = [];
  const decisions: Decision[] = [];
  const rules = {
    ...context,
    laterDays: context.limits.laterDays,
    fixIdOf: (each: Candidate) => idOf(keyFor(each, context)),
  };
  for (const candidate of candidates) {
    const { verdict, reason } = candidate;
    const ignored = verdict === 'proven' ? ignoredFor(candidate, rules) : undefined;
    if (verdict !== 'proven')
      decisions.push({ ...aboutCandidate(candidate, context.plan.base, `${verdict}: ${reason}`), action: 'refuse' });
    else if (ignored)
      decisions.push({
        ...aboutCandidate(candidate, context.plan.base, ignored.reason),
        action: 'ignore',
        closed: ignored.pull?.number ?? null,
      });
    else wanted.push(candidate);
  }
  return { wanted, decisions };
}

/** A change whose pull request is open stays with it, however the plan groups changes by now. */
function keyFor(candidate: Candidate, { world, plan }: Pick<PrepareContext, 'world' | 'plan'>): string {
  const { fingerprint } = candidate.change;
  for (const seen of openPulls(world)) {
    const { marker } = seen;
    if (homeOf(seen, world.view) !== world.view.base.name) continue;
    if (typeof marker === 'object' && marker.members.some((member) => member.change === fingerprint)) return marker.key;
  }
  return keyOf(candidate, plan);
}

/** Lays changes over the base, checks them again there, and puts them together. Pure. */
export function prepareFixes(
  wanted: readonly Candidate[],
  base: BaseFiles,
  context: PrepareContext,
): { readonly fixes: readonly Fix[]; readonly decisions: readonly Decision[] } {
  const gates: GateContext = { workspace: gateWorkspace(base), policy: context.policy, mask: context.mask };
  const ready: ReadyChange[] = [];
  const held: Decision[] = [];
  const { base: into } = context.plan;
  for (const candidate of wanted) {
    const result = makeReady(candidate, base, { gates, identity: context.identity, into });
    if ('action' in result) held.push(result);
    else ready.push(result);
  }
  const rules = { keyFor: (each: Candidate) => keyFor(each, context), maxFiles: context.policy.size.files, base: into };
  const { fixes, clashes } = groupChanges(ready, rules);
  const waiting = clashes.map(({ candidate, reason }) => hold(candidate, into, reason));
  return { fixes, decisions: [...held, ...waiting] };
}

function makeReady(
  candidate: Candidate,
  base: BaseFiles,
  {
    gates,
    identity,
    into,
  }: { readonly gates: GateContext; readonly identity: HostIdentity; readonly into: string | null },
): ReadyChange | Decision {
  const anchored = anchorChange(candidate.change, base);
  if (anchored.state === 'held') return hold(candidate, into, anchored.reason);
  const { files, merged } = anchored;
  const refusal = files.length === 0 ? undefined : refusalOf(candidate, files, gates);
  if (refusal !== undefined) return hold(candidate, into, refusal);
  const workflows = workflowPaths(files);
  if (workflows.length > 0 && !identity.mayWriteWorkflows) {
    const reason = `the token may not push ${workflows.join(', ')}: an App token with the permission workflows can`;
    return { ...hold(candidate, into, reason), action: 'hold', patch: createPatch(files) };
  }
  return { candidate, files, merged };
}

function hold(candidate: Candidate, into: string | null, reason: string): Decision {
  return { ...aboutCandidate(candidate, into, reason), action: 'hold', patch: null };
}
