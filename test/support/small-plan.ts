import { changedPlan } from './plans.ts';

const workflow = 'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n';

/** One workflow without a time limit: found, fixed and reviewed; nothing more. */
export const smallPlan = `apiVersion: cortex/v1
kind: Plan
metadata: { name: small }
spec:
  deadline: 60m
  masters:
    - name: security-master
      tasks:
        - { id: scan, worker: scan-worker, capability: workflows }
    - name: cicd-master
      tasks:
        - { id: fix, worker: implementation-worker, capability: fix-workflows }
        - { id: review, worker: review-worker, capability: change, needs: [fix] }
  success:
    - { id: all-done, check: tasks.failed == 0 }
`;
const unmet = smallPlan.replace('tasks.failed == 0', 'masters.activated == 7');
const broken = changedPlan((spec) => (spec['deadlin'] = '60m'));

/** A repository with a workflow to mend, a plan that is met, one that is not, and one that may not run. */
export const smallRepository: Readonly<Record<string, string>> = {
  'plan.yaml': smallPlan,
  'unmet.yaml': unmet,
  'broken.yaml': broken,
  '.github/workflows/ci.yml': workflow,
};
