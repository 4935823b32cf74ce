import { beforeAll, describe, expect, it } from 'vitest';
import { publishMatrix } from '../../src/entry/action-outputs.ts';
import { masterNames } from '../../src/protocol/words.ts';
import { projectRoot } from '../support/journey.ts';
import { conditionOf, evaluate, matrixOf, parseAsGitHub, type ParsedWorkflow } from './github-expressions.ts';
import { readWorkflowText, workflowFiles } from './our-workflows.ts';

describe('GitHub’s own parser', () => {
  it.for(workflowFiles)('accepts %s', async (file) => {
    const { errors, template } = await parseAsGitHub(file, readWorkflowText(file));
    expect(errors).toEqual([]);
    expect(template.jobs.length).toBeGreaterThan(0);
  });

  it('refuses a workflow whose job needs one that is not there', async () => {
    const text = readWorkflowText('.github/workflows/orchestrate.yml').replace('needs: plan\n', 'needs: plans\n');
    const { errors } = await parseAsGitHub('orchestrate.yml', text);
    expect(errors).toEqual(expect.arrayContaining([expect.stringContaining("unknown job 'plans'")]));
  });
});

describe('the orchestration', () => {
  let workflow: ParsedWorkflow;

  beforeAll(async () => {
    const file = '.github/workflows/orchestrate.yml';
    workflow = await parseAsGitHub(file, readWorkflowText(file));
  });

  it('takes its legs from the output of the plan job', () => {
    const outputs: Record<string, string> = {};
    publishMatrix((name, value) => (outputs[name] = value), {
      file: `${projectRoot}/plans/full-orchestration.yaml`,
      masters: '',
    });
    const legs = evaluate(matrixOf(workflow.template, 'masters'), { contexts: { needs: { plan: { outputs } } } });
    const { include } = legs as { include: { leg: string; masters: string }[] };
    expect(include.map(({ leg }) => leg)).toEqual(['all']);
    expect(include[0]?.masters.split(',').sort()).toEqual([...masterNames].sort());
  });

  it.for([
    { plan: 'success', masters: 'success', cancelled: false, reports: true },
    { plan: 'success', masters: 'failure', cancelled: false, reports: true },
    { plan: 'success', masters: 'failure', cancelled: true, reports: false },
    { plan: 'success', masters: 'cancelled', cancelled: true, reports: false },
    { plan: 'failure', masters: 'skipped', cancelled: false, reports: false },
  ])(
    'with plan $plan, masters $masters and cancelled $cancelled: reports $reports',
    ({ plan, masters, cancelled, reports }) => {
      const contexts = { needs: { plan: { result: plan }, masters: { result: masters } } };
      expect(evaluate(conditionOf(workflow.template, 'report'), { contexts, cancelled })).toBe(reports);
    },
  );
});
