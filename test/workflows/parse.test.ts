import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { legsOf } from '../../src/entry/action/legs.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { masterNames } from '../../src/protocol/words.ts';
import { projectRoot } from '../support/journey.ts';
import {
  concurrencyOf,
  conditionOf,
  evaluate,
  matrixOf,
  parseAsGitHub,
  textOf,
  type ParsedWorkflow,
} from './github-expressions.ts';
import { readWorkflowText, workflowFiles } from './our-workflows.ts';

const file = '.github/workflows/orchestrate.yml';

function fullPlan(): Plan {
  const parsed = parsePlan(readFileSync(join(projectRoot, 'plans/full-orchestration.yaml')), 'full');
  if ('problems' in parsed) throw new Error('the plan is not valid');
  return parsed.plan;
}

describe('GitHub’s own parser', () => {
  it.for(workflowFiles)('accepts %s', async (name) => {
    const { errors, template } = await parseAsGitHub(name, readWorkflowText(name));
    expect(errors).toEqual([]);
    expect(template.jobs.length).toBeGreaterThan(0);
  });

  it('refuses a workflow whose job needs one that is not there', async () => {
    const text = readWorkflowText(file).replace('needs: plan\n', 'needs: plans\n');
    const { errors } = await parseAsGitHub(file, text);
    expect(errors).toEqual(expect.arrayContaining([expect.stringContaining("unknown job 'plans'")]));
  });

  it.for(workflowFiles)('sees that %s can’t be started by what runs with rights on foreign code', async (name) => {
    const { template } = await parseAsGitHub(name, readWorkflowText(name));
    const risky = ['pull_request_target', 'workflow_run', 'issue_comment', 'issues'];
    expect(Object.keys(template.events).filter((event) => risky.includes(event))).toEqual([]);
  });
});

describe('the matrix of the orchestration', () => {
  let workflow: ParsedWorkflow;
  beforeAll(async () => {
    workflow = await parseAsGitHub(file, readWorkflowText(file));
  });
  const legsFrom = (include: readonly unknown[]): readonly Record<string, unknown>[] => {
    const outputs = { matrix: JSON.stringify({ include }) };
    const legs = evaluate(matrixOf(workflow.template, 'masters'), { contexts: { needs: { plan: { outputs } } } });
    return (legs as { include: Record<string, unknown>[] }).include;
  };

  it('has a leg for each master where they share a store, each with its runner and time', () => {
    const legs = legsFrom(legsOf(fullPlan(), true));
    expect(legs.map(({ leg }) => leg)).toEqual([...masterNames]);
    expect(legs.map(({ masters }) => masters)).toEqual([...masterNames]);
    // The plan's hour, and ten minutes to wrap up.
    expect([...new Set(legs.map(({ timeout }) => timeout))]).toEqual([70]);
    expect([...new Set(legs.map(({ runner }) => runner))]).toEqual(['ubuntu-latest']);
  });

  it('has one leg with all masters where they share nothing', () => {
    const legs = legsFrom(legsOf(fullPlan(), false));
    expect(legs.map(({ leg }) => leg)).toEqual(['all']);
    expect(String(legs[0]?.['masters']).split(',')).toEqual([...masterNames]);
  });

  it('carries 256 legs, the most that GitHub takes, through the output of a job', () => {
    const [first] = legsOf(fullPlan(), true);
    const include = Array.from({ length: 256 }, (_, index) => ({ ...first, leg: `leg-${index}` }));
    const legs = legsFrom(include);
    expect(legs).toHaveLength(256);
    expect(legs.at(-1)).toEqual({ ...first, leg: 'leg-255' });
    // An output may have 1 MB, counted as UTF-16.
    expect(JSON.stringify({ include }).length * 2).toBeLessThan(1_000_000);
  });

  it('gives each leg’s job its own runner', () => {
    const job = workflow.template.jobs.find(({ id }) => id.value === 'masters');
    const runsOn = job && 'runs-on' in job ? job['runs-on'] : undefined;
    expect(textOf(runsOn, { contexts: { matrix: { runner: 'big-linux' } } })).toBe('big-linux');
  });
});

describe('the conditions of the orchestration', () => {
  let workflow: ParsedWorkflow;
  beforeAll(async () => {
    workflow = await parseAsGitHub(file, readWorkflowText(file));
  });
  interface Needs {
    readonly plan?: string;
    readonly approve?: string;
    readonly masters?: string;
    readonly mode?: string;
    readonly environment?: string;
    readonly cancelled?: boolean;
  }
  const runs = (job: string, needs: Needs): unknown => {
    const { plan = 'success', approve = 'skipped', masters = 'success', cancelled = false } = needs;
    const outputs = { mode: needs.mode ?? 'apply', environment: needs.environment ?? '' };
    const contexts = {
      needs: { plan: { result: plan, outputs }, approve: { result: approve }, masters: { result: masters } },
    };
    return evaluate(conditionOf(workflow.template, job), { contexts, cancelled, success: plan === 'success' });
  };

  it.for([
    { when: { environment: '' }, asks: false },
    { when: { environment: 'production' }, asks: true },
    { when: { environment: 'production', mode: 'preview' }, asks: false },
    { when: { environment: 'production', plan: 'failure' }, asks: false },
  ])('with $when, somebody is asked to approve: $asks', ({ when, asks }) => {
    expect(runs('approve', when)).toBe(asks);
  });

  it.for([
    { when: {}, run: true },
    { when: { mode: 'staged' }, run: true },
    { when: { mode: 'preview' }, run: false },
    { when: { plan: 'failure' }, run: false },
    { when: { environment: 'production', approve: 'success' }, run: true },
    { when: { environment: 'production', approve: 'failure' }, run: false },
    { when: { environment: 'production', approve: 'cancelled' }, run: false },
    // Skipped is not approved.
    { when: { environment: 'production', approve: 'skipped' }, run: false },
    { when: { cancelled: true }, run: false },
  ])('with $when, masters run: $run', ({ when, run }) => {
    expect(runs('masters', when)).toBe(run);
  });

  it.for([
    { when: { masters: 'success' }, reports: true },
    { when: { masters: 'failure' }, reports: true },
    { when: { masters: 'skipped' }, reports: false },
    { when: { masters: 'failure', cancelled: true }, reports: false },
    { when: { masters: 'cancelled', cancelled: true }, reports: false },
    // A leg that ran out of its time is called cancelled too, and nobody has cancelled the run.
    { when: { masters: 'cancelled' }, reports: true },
    { when: { plan: 'failure', masters: 'skipped' }, reports: false },
  ])('with $when, there is a report: $reports', ({ when, reports }) => {
    expect(runs('report', when)).toBe(reports);
  });

  it.for([
    { inputs: { plan: 'plans/mine.yaml' }, event: {}, group: 'orchestrate-plans/mine.yaml' },
    { inputs: {}, event: { schedule: '17 3 * * *' }, group: 'orchestrate-plans/security-nightly.yaml' },
    { inputs: {}, event: { schedule: '43 4 * * 1' }, group: 'orchestrate-plans/inventory-weekly.yaml' },
  ])('run one plan at a time, and the others in order: $group', ({ inputs, event, group }) => {
    const { group: token, queue } = concurrencyOf(workflow.template);
    expect(textOf(token, { contexts: { inputs, github: { event } } })).toBe(group);
    expect(textOf(queue, { contexts: {} })).toBe('max');
  });

  it('let one job write at a time, whatever the plan', () => {
    const { group, queue } = concurrencyOf(workflow.template, 'report');
    expect([group, queue].map((token) => textOf(token, { contexts: {} }))).toEqual(['cortex-writer', 'max']);
  });
});

describe('the rights of the workflows', () => {
  const permissions = (name: string): readonly string[] =>
    [...readWorkflowText(name).matchAll(/^ {6}([a-z-]+): (read|write)\b/gm)].map(
      ([, what, right]) => `${what}: ${right}`,
    );

  it('let the report job alone write, beside the comment of a check', () => {
    const text = readWorkflowText(file);
    const [before = '', report = ''] = text.split(/^ {2}report:$/m);
    expect(before.match(/^ {6}(?!id-token)[a-z-]+: write/gm)).toBe(null);
    expect(report.match(/^ {6}(?!id-token)[a-z-]+: write/gm)?.map((line) => line.trim())).toEqual([
      'contents: write',
      'pull-requests: write',
      'issues: write',
      'security-events: write',
    ]);
    expect(permissions('.github/workflows/plan-check.yml')).toEqual([
      'contents: read',
      'issues: read',
      'pull-requests: write',
    ]);
  });

  it.for(workflowFiles)('of %s are none where a job does not ask', (name) => {
    expect(readWorkflowText(name)).toMatch(/^permissions: \{\}$/m);
  });

  it.for(workflowFiles)('of %s are not handed on by an expression in a script', (name) => {
    const scripts = [...readWorkflowText(name).matchAll(/^( +)(?:- )?run: (?:\|\n((?:\1 {2}.*\n|\n)+)|(.*)\n)/gm)];
    expect(scripts.filter(([whole]) => whole.includes('${{'))).toEqual([]);
  });
});
