import { readFileSync, statSync } from 'node:fs';
import type { ParsedPlan, RefusedPlan } from '../../plan/parse.ts';
import { readPlan } from '../../plan/read-plan.ts';
import { errnoOf, problem } from '../../shared/errors.ts';

/** Values that the command line puts in the place of the plan's. */
export interface PlanOverrides {
  readonly tokenBudget?: string | undefined;
  readonly emergencyReserve?: string | undefined;
  readonly executionTimeout?: string | undefined;
}

export interface LoadedPlan {
  readonly outcome: ParsedPlan | RefusedPlan;
  /** The text that was judged: the file's, with the overrides in it. */
  readonly text: string;
}

/** A plan file larger than this is refused unread (the parser's own limit). */
const sizeLimit = 256 * 1024;

/** Reads a plan file. Throws `plan-not-read`; what is wrong inside comes back as located problems. */
export async function loadPlan(file: string, overrides: PlanOverrides = {}): Promise<LoadedPlan> {
  const bytes = readPlanFile(file);
  const outcome = await readPlan(bytes, file);
  if ('problems' in outcome || Object.values(overrides).every((value) => value === undefined)) {
    return { outcome, text: Buffer.from(bytes).toString('utf8') };
  }
  const text = await withOverrides(Buffer.from(bytes).toString('utf8'), overrides);
  return { outcome: await readPlan(text, `${file} with the flags given`), text };
}

function readPlanFile(file: string): Uint8Array {
  try {
    // One byte over the limit is enough for the parser to refuse the file by its size.
    if (statSync(file).size > sizeLimit) return new Uint8Array(sizeLimit + 1);
    return readFileSync(file);
  } catch (error) {
    throw problem('plan-not-read', `Could not read the plan ${file}: ${errnoOf(error) ?? String(error)}`, {
      hint: 'Name a plan file, as in `cortex run plans/full-orchestration.yaml`.',
      cause: error,
    });
  }
}

async function withOverrides(text: string, overrides: PlanOverrides): Promise<string> {
  const { parseDocument } = await import('../../shared/yaml.ts');
  const document = parseDocument(text);
  const set = (path: readonly string[], value: string | undefined): void => {
    if (value !== undefined) document.setIn([...path], /^\d+$/.test(value) ? Number(value) : value);
  };
  set(['spec', 'budget', 'tokens'], overrides.tokenBudget);
  set(['spec', 'budget', 'reserve'], overrides.emergencyReserve);
  set(['spec', 'deadline'], overrides.executionTimeout);
  return document.toString();
}
