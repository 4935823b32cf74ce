import { findSecretFormats } from '../shared/secret-formats.ts';
import { locatorFor } from './locator.ts';
import { normalise } from './normalise.ts';
import type { Plan } from './plan.ts';
import { planDigest } from './digest.ts';
import { planDocument } from './plan-document.ts';
import { planText } from './plan-text.ts';
import { planTokens } from './plan-tokens.ts';
import { problemMaker } from './place-problems.ts';
import type { PathComplaint, PlanProblem, TextComplaint } from './problem.ts';
import { ruleComplaints } from './rules/rules.ts';
import { planSchema, type WrittenPlan } from './schema.ts';
import { readOnce, schemaComplaints, withoutUnknownKeys } from './schema-problems.ts';

/** A plan that may run, and what people should know of it. */
export interface ParsedPlan {
  readonly plan: Plan;
  readonly written: WrittenPlan;
  readonly digest: string;
  readonly warnings: readonly PlanProblem[];
}

/** Why a plan may not run: everything that is wrong with it, warnings included, in the order of the file. */
export interface RefusedPlan {
  readonly problems: readonly PlanProblem[];
}

/**
 * Reads a plan: text → tokens → document → schema → complete plan → rules. Never throws; whatever is wrong comes back as
 * located problems, all at once as far as the file can be understood. Time and memory are bounded by the size limit.
 */
export function parsePlan(content: string | Uint8Array, file: string): ParsedPlan | RefusedPlan {
  const read = planText(content);
  const problemsOf = problemMaker(read.text, file);
  if ('complaint' in read) return { problems: problemsOf({ text: [read.complaint], paths: [] }) };
  const { tokens, complaints } = planTokens(read.text);
  if (complaints.length > 0) return { problems: problemsOf({ text: complaints, paths: [] }) };
  const { document, value, complaints: syntax } = planDocument(tokens, read.text);
  if (document === undefined) return { problems: problemsOf({ text: emptyOr(syntax), paths: [] }) };

  const judged = judge(value);
  const text = [...syntax, ...secretComplaints(read.text)];
  const problems = problemsOf({ text, paths: judged.complaints }, locatorFor(document));
  if (judged.plan === undefined || problems.some((problem) => problem.severity === 'error')) return { problems };
  const { plan, written } = judged;
  return { plan, written, digest: planDigest(plan), warnings: problems };
}

interface Judged {
  readonly complaints: readonly PathComplaint[];
  readonly plan?: Plan;
  readonly written: WrittenPlan;
}

/** Schema, then rules. Unknown keys alone don't keep the rules from looking at the rest. */
function judge(value: unknown): Judged | { complaints: readonly PathComplaint[]; plan?: undefined } {
  const first = readOnce(planSchema, value);
  const complaints = first.success ? [] : schemaComplaints(planSchema, value, []);
  const parsed = first.success ? first : readOnce(planSchema, withoutUnknownKeys(planSchema, value));
  if (!parsed.success) return { complaints };
  const plan = normalise(parsed.data);
  return { complaints: [...complaints, ...ruleComplaints(plan, parsed.data)], plan, written: parsed.data };
}

function emptyOr(syntax: readonly TextComplaint[]): readonly TextComplaint[] {
  if (syntax.length > 0) return syntax;
  return [
    {
      rule: 'empty',
      range: { start: 0, end: 0 },
      message: 'The file holds no plan',
      expected: 'a document with apiVersion, kind, metadata and spec',
      found: 'nothing',
      remedy: 'Start from one of the plans that come with Cortex.',
    },
  ];
}

/** `secret-in-plan`: a plan is read by everybody who may read the repository. */
function secretComplaints(text: string): readonly TextComplaint[] {
  return findSecretFormats(text).map(({ title, start, end }) => ({
    rule: 'secret-in-plan',
    range: { start, end },
    message: `The plan holds what looks like a secret: ${title}`,
    expected: 'no secrets; they come by environment alone',
    found: title,
    remedy: 'Revoke it, since it was written to a file, and keep the new one in the settings of the run.',
  }));
}
