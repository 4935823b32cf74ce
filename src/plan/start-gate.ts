import { isAtLeast, type HostRole } from '../protocol/code-host.ts';
import { problem } from '../shared/errors.ts';
import type { WorkflowPolicy } from './plan.ts';

export const runModes = ['preview', 'staged', 'apply'] as const;
export type RunMode = (typeof runModes)[number];

/** Who and what asks for a run, as GitHub itself says. */
export interface StartRequest {
  /** Name of the event, such as `workflow_dispatch`. */
  readonly event: string;
  readonly actor: string;
  /** Of the actor in the repository; undefined where it could not be read. */
  readonly role: HostRole | undefined;
  readonly isFork: boolean;
  /** Full name, such as `refs/heads/main`. */
  readonly ref: string;
  readonly defaultBranch: string;
  /** What was asked for; `auto` = as far as this repository has come. */
  readonly wanted: RunMode | 'auto';
  /** Whether a run before has written results: the first one does not, unless asked. */
  readonly hasResults: boolean;
  /** Whether it works on another repository than its own. */
  readonly isElsewhere: boolean;
  /** Of the plan as the default branch has it, where people have reviewed it; null where it has none. */
  readonly policy: WorkflowPolicy | null;
}

/** What a run may do, and why no more than that. */
export interface Admission {
  readonly mode: RunMode;
  readonly reasons: readonly string[];
}

/** Events that run what the repository itself holds. All others can carry code or words of strangers. */
export const startingEvents: readonly string[] = ['workflow_dispatch', 'schedule', 'push', 'repository_dispatch'];

/**
 * Whether a run may start, and what it may do. Fails closed: a role that could not be read is none. Throws `start-event`,
 * `start-fork`, `start-role`, `start-bot`, `start-ref`.
 */
export function mayStart(request: StartRequest): Admission {
  checkEvent(request);
  if (request.wanted === 'preview') return { mode: 'preview', reasons: ['asked for'] };
  checkFork(request);
  checkPerson(request);
  return modeOf(request);
}

function checkEvent({ event }: StartRequest): void {
  if (startingEvents.includes(event)) return;
  throw problem('start-event', `A run can't be started by the event ${event.slice(0, 60) || '(none)'}`, {
    hint: `Start it by ${startingEvents.join(', ')}: other events can carry what strangers have written.`,
  });
}

function checkFork({ isFork }: StartRequest): void {
  if (!isFork) return;
  throw problem('start-fork', 'This repository is a fork: runs are for the repository itself', {
    hint: 'Ask for the mode `preview`, or detach the fork.',
  });
}

/** A schedule is nobody's: it stands on the default branch, which people have reviewed. */
function checkPerson({ event, actor, role, policy }: StartRequest): void {
  if (event === 'schedule') return;
  const least = policy?.role ?? 'write';
  if (isAtLeast(role ?? 'none', least)) return refuseBot(actor);
  const seen = role === undefined ? 'could not be read' : `is ${role}`;
  throw problem(
    'start-role',
    `The role of ${actor.slice(0, 60)} in this repository ${seen}, and the plan asks for ${least}`,
    {
      hint: 'Have it started by somebody with that role, or change spec.workflow.role of the plan by a pull request.',
    },
  );
}

/** No person has a bracket in the login. What a bot starts, a stranger may have made it start. */
function refuseBot(actor: string): void {
  if (!actor.endsWith('[bot]')) return;
  throw problem('start-bot', `${actor.slice(0, 60)} is a bot, and a run is started by people or by a schedule`, {
    hint: 'Start it yourself, by a schedule, or ask for the mode `preview`.',
  });
}

/** Throws `start-ref` where somebody asked to write from a branch that may not. */
function modeOf(request: StartRequest): Admission {
  const { ref, defaultBranch, wanted, hasResults, isElsewhere, policy } = request;
  const mayWrite = isWritingRef(request);
  if (!mayWrite && wanted === 'apply') throw refMayNotWrite(ref, [defaultBranch, ...(policy?.refs ?? [])]);
  if (!mayWrite) return { mode: 'staged', reasons: [`${ref} is none of the branches whose runs may write`] };
  if (wanted !== 'auto') return { mode: wanted, reasons: ['asked for'] };
  if (isElsewhere)
    return { mode: 'staged', reasons: ['for another repository, the mode `apply` is asked for by name'] };
  if (hasResults) return { mode: 'apply', reasons: ['results were written before'] };
  return {
    mode: 'staged',
    reasons: ['no run has written results here yet: start one with the mode `apply` to write what it shows'],
  };
}

/** The default branch, and those that the plan lists there; a schedule stands on the default branch alone. */
function isWritingRef({ ref, defaultBranch, policy, event }: StartRequest): boolean {
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined) return false;
  return branch === defaultBranch || (event !== 'schedule' && (policy?.refs ?? []).includes(branch));
}

function refMayNotWrite(ref: string, may: readonly string[]): Error {
  return problem('start-ref', `A run of ${ref.slice(0, 150)} may not write`, {
    hint: `Start it from ${may.join(' or ')}, list the branch in spec.workflow.refs, or ask for the mode \`staged\`.`,
  });
}
