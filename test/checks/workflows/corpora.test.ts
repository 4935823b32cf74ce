import { describe, expect, it } from 'vitest';
import { checkWorkflows, type WorkflowCheck } from '../../../src/checks/workflows/check-workflows.ts';
import { canonicalJson } from '../../../src/shared/canonical.ts';
import { corpora, corpusWorkspace, demoFolder, skipNote } from './corpora.ts';

function subjectsOf(check: WorkflowCheck, rule: string): readonly string[] {
  const found = check.findings.filter((finding) => finding.ruleId === `workflows/${rule}`);
  return found.map((finding) => finding.subject.replace('.github/workflows/', ''));
}

describe.skipIf(corpora === undefined)(`workflows of a real shop${skipNote}`, () => {
  const demo = (): WorkflowCheck => checkWorkflows(corpusWorkspace(demoFolder), ['**']);

  it('give the known counts', () => {
    const check = demo();
    expect(check.files).toHaveLength(9);
    expect(check.unread).toEqual([]);
    expect(check.workflows.reduce((jobs, workflow) => jobs + workflow.jobs, 0)).toBe(10);
    expect(subjectsOf(check, 'no-timeout')).toHaveLength(9);
    expect(subjectsOf(check, 'unpinned-uses')).toHaveLength(33);
    expect(subjectsOf(check, 'persist-credentials')).toHaveLength(9);
    expect(subjectsOf(check, 'setup-without-cache')).toHaveLength(2);
    expect(subjectsOf(check, 'syntax')).toEqual([]);
  });

  it('lack permissions in four jobs, which are all of three workflows', () => {
    expect(subjectsOf(demo(), 'missing-permissions')).toEqual([
      'ci-main.yaml#jobs.code-tests',
      'helm-chart-ci.yaml#jobs.helm-chart-ci',
      'kustomize-build-ci.yaml#jobs.kustomize-build-ci',
      'terraform-validate-ci.yaml#jobs.terraform-validate-ci',
    ]);
  });

  it('lack concurrency in four pull_request workflows and one of pull_request_target', () => {
    expect(subjectsOf(demo(), 'no-concurrency')).toEqual([
      'cleanup.yaml',
      'helm-chart-ci.yaml',
      'kubevious-manifests-ci.yaml',
      'kustomize-build-ci.yaml',
      'terraform-validate-ci.yaml',
    ]);
  });

  it('check out the head of a pull request in the one workflow_run workflow', () => {
    expect(subjectsOf(demo(), 'dangerous-triggers')).toEqual(['deploy-pr.yaml#jobs.deployment-tests.steps[0]']);
  });

  it('give the same bytes twice', () => expect(canonicalJson(demo())).toBe(canonicalJson(demo())));
});

describe.skipIf(corpora === undefined)(`workflows of a linter's own tests${skipNote}`, () => {
  it('that are valid are read, with at most one syntax finding in all', () => {
    const check = checkWorkflows(corpusWorkspace('workflows/actionlint/ok'), ['**']);
    expect(check.files.length).toBeGreaterThan(80);
    expect(check.unread).toEqual([]);
    expect(subjectsOf(check, 'syntax').length).toBeLessThanOrEqual(1);
  });

  it('that are broken end in findings, never in a crash', () => {
    const check = checkWorkflows(corpusWorkspace('workflows/actionlint/err'), ['**']);
    expect(check.files.length).toBeGreaterThan(90);
    expect(check.unread).toEqual([]);
    const broken = [
      'yaml_syntax_error',
      'missing_on',
      'missing_jobs',
      'duplicate_keys',
      'merge_key_unsupported',
      'undefined_anchor',
    ];
    expect(subjectsOf(check, 'syntax')).toEqual(expect.arrayContaining(broken.map((name) => `${name}.yaml`)));
  });
});
