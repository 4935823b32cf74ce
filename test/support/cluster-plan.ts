/** What a test wants of the cluster, of scan workers and of the other kinds: YAML of `spec.cluster` and `spec.workers`. */
export interface PlanWishes {
  readonly cluster?: string;
  readonly scan?: string;
  readonly others?: string;
}

/** A small plan for pods: four workers that wait for nobody, and one that waits for another. */
export function clusterPlan(wishes: PlanWishes = {}): string {
  const { cluster = '{}', scan = '{ timeout: 5m }', others = '{ timeout: 5m }' } = wishes;
  return `
apiVersion: cortex/v1
kind: Plan
metadata: { name: pods, description: A few workers in a cluster }
spec:
  deadline: 15m
  phases: { preflight: 1m, activation: 1m, distribution: 1m, execution: 10m, aggregation: 1m, report: 1m }
  budget: { tokens: 100000, usd: 5, reserve: 10000 }
  escalations: { default: proceed, wait: 1s }
  cluster: ${cluster}
  workers:
    scan-worker: ${scan}
    analysis-worker: ${others}
    implementation-worker: ${others}
    catalog-worker: ${others}
  masters:
    - name: coordinator-master
      budget: { personal: 1000 }
    - name: security-master
      budget: { personal: 20000 }
      tasks:
        - { id: find-secrets, worker: scan-worker, capability: secrets }
        - { id: find-workflows, worker: scan-worker, capability: workflows }
    - name: cicd-master
      budget: { personal: 20000 }
      tasks:
        - { id: look, worker: analysis-worker, capability: workflows }
        - { id: fix, worker: implementation-worker, capability: fix-workflows, needs: [look] }
    - name: inventory-master
      budget: { personal: 20000 }
      tasks:
        - { id: catalog, worker: catalog-worker, capability: repository }
`;
}

/** Its workers, each in its first attempt: those that start at once, and all. */
export const firstWorkers: readonly string[] = ['catalog-1', 'find-secrets-1', 'find-workflows-1', 'look-1'];
export const planWorkers: readonly string[] = ['catalog-1', 'find-secrets-1', 'find-workflows-1', 'fix-1', 'look-1'];

/** Flags of a rehearsal in which what is lost is soon tried again, and what nobody holds soon taken over. */
export function rehearsalFlags(duration: string): readonly string[] {
  return [`--rehearse=${duration}`, '--retry-wait=1s', '--lease=3s', '--leg-wait=2s'];
}
