import type { WorkerKind } from '../protocol/words.ts';

/** What holds for a worker kind where the plan says nothing. Timeouts suit a 20-minute execution phase. */
export const kindDefaults: Readonly<
  Record<WorkerKind, { tokens: number; timeout: string; retries: number; cpu: string; memory: string; disk: string }>
> = {
  'catalog-worker': { tokens: 80_000, timeout: '5m', retries: 1, cpu: '250m', memory: '512Mi', disk: '1Gi' },
  'scan-worker': { tokens: 80_000, timeout: '5m', retries: 1, cpu: '250m', memory: '512Mi', disk: '1Gi' },
  'implementation-worker': { tokens: 100_000, timeout: '10m', retries: 1, cpu: '500m', memory: '1Gi', disk: '2Gi' },
  'test-worker': { tokens: 60_000, timeout: '10m', retries: 1, cpu: '500m', memory: '1Gi', disk: '2Gi' },
  'analysis-worker': { tokens: 50_000, timeout: '5m', retries: 1, cpu: '250m', memory: '512Mi', disk: '1Gi' },
  'documentation-worker': { tokens: 60_000, timeout: '5m', retries: 1, cpu: '250m', memory: '512Mi', disk: '1Gi' },
  'review-worker': { tokens: 50_000, timeout: '5m', retries: 1, cpu: '250m', memory: '512Mi', disk: '1Gi' },
};
