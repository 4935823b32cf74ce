import type { V1Job } from '@kubernetes/client-node';
import { anchorObject, ownedBy, programObject, storeObject } from '../../src/cluster/kubernetes/spec/anchor.ts';
import { workerJob } from '../../src/cluster/kubernetes/spec/job.ts';
import { launchRequest, plainWishes } from '../support/launch-request.ts';
import type { PodWishes } from '../../src/cluster/kubernetes/spec/wishes.ts';
import type { LaunchRequest } from '../../src/protocol/attempt.ts';
import { sha256 } from '../../src/shared/canonical.ts';

const execution = 'CORTEX-EXEC-2026-11-30-090000';
export const namespace = 'cortex-workers';
const hash = sha256('a program');

const request = launchRequest('scan-secrets-1', { timeoutMs: 300_000 });

export const anchor = anchorObject({ execution, namespace, repository: '1', endsAt: 1_800_000_000_000 });
const owner = ownedBy({ name: anchor.metadata?.name ?? '', uid: '11111111-1111-1111-1111-111111111111' });
export const program = programObject(
  { execution, namespace, owner },
  { program: { gzip: new Uint8Array([1]), sha256: hash, start: '' }, files: {}, hash },
);
export const store = storeObject({ execution, namespace, owner }, { address: 'redis://redis', hash });

/** The Job of an attempt, as the launcher makes it. */
export function jobOf(
  asked: Partial<LaunchRequest> = {},
  wished: Partial<PodWishes> = {},
  annotations: Readonly<Record<string, string>> = {},
): V1Job {
  const place = {
    execution,
    namespace,
    owner,
    wishes: { ...plainWishes, ...wished },
    program: { object: program.metadata?.name ?? '', sha256: hash },
    secret: store.metadata?.name ?? '',
    startMs: 60_000,
    endsAt: 1_800_000_000_000,
    now: 1_800_000_000_000 - 3_600_000,
  };
  return workerJob({ ...request, ...asked }, place, annotations);
}
