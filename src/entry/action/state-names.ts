import { globMatcher } from '../../shared/glob.ts';

/** What an artifact of state is of: a leg of an execution, and the attempt of its job. */
export interface StateName {
  /** As the workflow names it, such as `cortex-all`. */
  readonly leg: string;
  readonly execution: string;
  /** From 1; a job that is run again has the next. */
  readonly attempt: number;
}

/** Names are used once in a workflow run, and an execution is found by them in other runs. */
export function stateName({ leg, execution, attempt }: StateName): string {
  return `${leg}-${execution}-${attempt}`;
}

const shape = /^(.{1,100})-(CORTEX-EXEC-[A-Z0-9-]{1,70})-(\d{1,4})$/;

/** What the name says, or undefined where it is no state of ours. */
export function readStateName(name: string): StateName | undefined {
  const [, leg, execution, attempt] = shape.exec(name) ?? [];
  if (leg === undefined || execution === undefined) return undefined;
  return { leg, execution, attempt: Number(attempt) };
}

interface Listed {
  readonly id: number;
  readonly name: string;
}

/**
 * Of each leg that fits the pattern, the latest attempt; the execution is the one named, or, where none is, the one of the
 * newest artifact. In order of legs.
 */
export function latestStates(
  artifacts: readonly Listed[],
  wanted: { readonly pattern: string; readonly execution: string },
): readonly { readonly id: number; readonly state: StateName }[] {
  const fits = globMatcher([wanted.pattern]);
  const ours = artifacts
    .flatMap(({ id, name }) => {
      const state = readStateName(name);
      return state && fits(state.leg) ? [{ id, state }] : [];
    })
    .sort((a, b) => a.id - b.id);
  const execution = wanted.execution || ours.at(-1)?.state.execution;
  const latest = new Map<string, (typeof ours)[number]>();
  for (const each of ours) {
    const known = latest.get(each.state.leg);
    const isNewer = known === undefined || each.state.attempt >= known.state.attempt;
    if (each.state.execution === execution && isNewer) latest.set(each.state.leg, each);
  }
  return [...latest.values()].sort((a, b) => (a.state.leg < b.state.leg ? -1 : 1));
}
