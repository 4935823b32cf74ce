import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { projectRoot } from '../support/journey.ts';
import { shopFiles } from '../support/shop.ts';

/** Where the plan of the estate lies, and the workflow that has it run. */
export const estatePlanFile = 'plans/estate.yaml';
export const callerFile = '.github/workflows/cortex.yml';

/** Workflows of the estate with a fault that a rule can mend. */
export const faultyWorkflows: readonly string[] = ['.github/workflows/ci.yml', '.github/workflows/pages.yml'];

/** Without a time limit, and of two pushes to a pull request the first one goes on. */
const pages = `# Builds the pages of a pull request, to look at.
name: pages
on: pull_request
permissions:
  contents: read
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: npm run pages
  links:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - run: npm run links
`;

const faultless = `name: lint
on: push
permissions:
  contents: read
jobs:
  lint:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - run: npm run lint
`;

/** A shop with two workflows to mend and one to leave alone; something for every master to look at. */
export function estateFiles(plan: string): Readonly<Record<string, string>> {
  return {
    ...shopFiles,
    '.github/workflows/pages.yml': pages,
    '.github/workflows/lint.yml': faultless,
    [estatePlanFile]: plan,
  };
}

/** Tasks of the estate's plan: each is one worker. */
export const estateTasks: readonly string[] = [
  'catalog',
  'check-documentation',
  'count-tests',
  'find-unmonitored',
  'fix-1',
  'fix-2',
  'review',
  'scan-workflows',
];

/** All seven masters on the estate, with further lines of its spec. */
export function estatePlan(spec = ''): string {
  return `apiVersion: cortex/v1
kind: Plan
metadata: { name: estate }
spec:
  deadline: 60m
  parallel: { masters: 7, workers: 8 }
${spec}  masters:
    - name: coordinator-master
    - name: security-master
      tasks:
        - { id: scan-workflows, worker: scan-worker, capability: workflows }
    - name: development-master
      tasks:
        - { id: review, worker: review-worker, capability: change, needs: [fix-1, fix-2] }
    - name: inventory-master
      tasks:
        - { id: catalog, worker: catalog-worker, capability: repository }
    - name: cicd-master
      tasks:
        - { id: fix-1, worker: implementation-worker, capability: fix-workflows, inputs: { shard: { index: 1, of: 2 } } }
        - { id: fix-2, worker: implementation-worker, capability: fix-workflows, inputs: { shard: { index: 2, of: 2 } } }
    - name: testing-master
      tasks:
        - { id: count-tests, worker: test-worker, capability: inventory }
    - name: monitoring-master
      tasks:
        - { id: find-unmonitored, worker: analysis-worker, capability: monitoring }
  tasks:
    - { id: check-documentation, area: documentation, worker: documentation-worker, capability: drift }
  success:
    - { id: all-masters, check: masters.activated == 7 }
    - { id: all-done, check: tasks.failed == 0 && tasks.blocked == 0 && tasks.skipped == 0 }
    - { id: all-proven, scope: business, check: changes.proposed > 0 && changes.proven == changes.proposed }
`;
}

/** Secrets of the estate that its caller hands on by name. */
const handedOn = ['CORTEX_APP_ID', 'CORTEX_APP_PRIVATE_KEY', 'CORTEX_STORE'];

interface Caller {
  readonly jobs: { readonly cortex: Readonly<Record<string, unknown>> };
}

/** The ten lines of docs/github.md, with a plan, a mode and a commit of Cortex put in, and secrets handed on. */
export function callerText(cortex: { readonly repository: string; readonly commit: string }): string {
  const caller = parse(documentedCaller()) as Caller;
  const secrets = Object.fromEntries(handedOn.map((name) => [name, `\${{ secrets.${name} }}`]));
  const job = {
    ...caller.jobs.cortex,
    uses: `${cortex.repository}/.github/workflows/orchestrate.yml@${cortex.commit}`,
    with: { plan: estatePlanFile, mode: 'apply', cortex: cortex.repository, 'cortex-ref': cortex.commit },
    secrets,
  };
  return stringify({ ...caller, jobs: { cortex: job } });
}

function documentedCaller(): string {
  const page = readFileSync(join(projectRoot, 'docs', 'github.md'), 'utf8');
  const [, lines] = /^## Ten lines\n[^]*?^```yaml\n([^]*?)^```$/m.exec(page) ?? [];
  if (lines === undefined) throw new Error('docs/github.md has no ten lines any more');
  return lines;
}
