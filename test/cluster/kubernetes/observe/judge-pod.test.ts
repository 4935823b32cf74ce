import { describe, expect, it } from 'vitest';
import { judgePod } from '../../../../src/cluster/kubernetes/observe/judge-pod.ts';
import type { PodView } from '../../../../src/cluster/kubernetes/observe/pod-view.ts';
import type { DisruptionCause } from '../../../../src/protocol/attempt.ts';
import type { FailureClass } from '../../../../src/protocol/event.ts';
import { podEnd, podView } from '../../../support/pod-view.ts';

const usage = { inputTokens: 7, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, microDollars: 0 };
const envelope = (exitCode: number, status = 'done'): string =>
  JSON.stringify({
    v: 1,
    worker: 'scan-1',
    attempt: 1,
    status,
    exitCode,
    result: null,
    usage,
    resources: { cpuMs: 1, peakBytes: 1 },
  });
const failed = (change: Partial<PodView>): PodView => podView({ phase: 'Failed', ...change });
const target = (reason: string): PodView['disruption'] => ({ reason, message: 'said so' });

describe('a pod that is over', () => {
  it('has returned where it exited with 0 and left an envelope, with the time that its container took', () => {
    const pod = podView({ phase: 'Succeeded', ended: podEnd(0, { message: envelope(0) }) });
    expect(judgePod(pod, 'scan-1', undefined)).toMatchObject({
      kind: 'returned',
      durationMs: 2500,
      envelope: { usage },
    });
  });

  it('has returned though its pod was evicted, or cancelled, at the same moment: what is done is done', () => {
    const done = { phase: 'Succeeded', ended: podEnd(0, { message: envelope(0) }) };
    const evicted = podView({ ...done, disruption: target('EvictionByEvictionAPI') });
    expect(judgePod(evicted, 'scan-1', undefined)).toMatchObject({ kind: 'returned' });
    expect(judgePod(podView(done), 'scan-1', 'cancel')).toMatchObject({ kind: 'returned' });
  });

  it.each<readonly [string, PodView, FailureClass, DisruptionCause | undefined]>([
    ['exit 0 without an envelope', podView({ phase: 'Succeeded', ended: podEnd(0) }), 'protocol', undefined],
    ['exit 64', failed({ ended: podEnd(64) }), 'bad-task', undefined],
    ['exit 75', failed({ ended: podEnd(75) }), 'try-again', undefined],
    ['exit 1', failed({ ended: podEnd(1) }), 'crash', undefined],
    ['a full heap', failed({ ended: podEnd(134) }), 'out-of-memory', 'out-of-memory'],
    [
      'the kernel’s end of it',
      failed({ ended: podEnd(137, { reason: 'OOMKilled' }) }),
      'out-of-memory',
      'out-of-memory',
    ],
    ['the kubelet’s deadline', failed({ reason: 'DeadlineExceeded', ended: podEnd(137) }), 'timeout', undefined],
    [
      'preemption',
      failed({ disruption: target('PreemptionByScheduler'), ended: podEnd(143) }),
      'disruption',
      'preempted',
    ],
    ['a drain', failed({ disruption: target('EvictionByEvictionAPI'), ended: podEnd(75) }), 'disruption', 'drained'],
    ['a taint of a lost node', podView({ disruption: target('DeletionByTaintManager') }), 'disruption', 'node-lost'],
    ['a node that is gone', failed({ disruption: target('DeletionByPodGC') }), 'disruption', 'node-lost'],
    ['pressure on the node', failed({ reason: 'Evicted', message: 'low on memory' }), 'disruption', 'evicted'],
    ['the kubelet’s own eviction', failed({ disruption: target('TerminationByKubelet') }), 'disruption', 'evicted'],
    ['a node that goes down', failed({ reason: 'NodeShutdown' }), 'disruption', 'node-shutdown'],
    ['a node that took it and could not start it', failed({ reason: 'OutOfcpu' }), 'disruption', 'not-started'],
    ['a kill that nobody explains', failed({ ended: podEnd(137) }), 'disruption', 'unknown'],
    [
      'its deletion by somebody',
      failed({ deletion: { at: 9000, graceMs: 30_000 }, ended: podEnd(143) }),
      'disruption',
      'deleted',
    ],
    ['a reason that is new to us', failed({ disruption: target('SomethingNew') }), 'disruption', 'unknown'],
    [
      'its own disk being full, for which the kubelet evicts too',
      failed({ reason: 'Evicted', message: 'Usage of EmptyDir volume "tmp" exceeds the limit "1Gi". ' }),
      'crash',
      undefined,
    ],
    ['no word at all', failed({}), 'disruption', 'unknown'],
  ])('after %s is lost, with the class and the cause that were seen', (...[, pod, failure, cause]) => {
    const outcome = judgePod(pod, 'scan-1', undefined);
    expect(outcome).toMatchObject({ kind: 'lost', class: failure });
    expect(outcome.kind === 'lost' ? outcome.cause : 'returned').toBe(cause);
  });

  it('has returned where it left word of its end and was killed before it could leave', () => {
    for (const code of [75, 137, 143]) {
      const pod = failed({ deletion: { at: 9000, graceMs: 30_000 }, ended: podEnd(code, { message: envelope(0) }) });
      expect(judgePod(pod, 'scan-1', undefined)).toMatchObject({ kind: 'returned', envelope: { usage } });
    }
  });

  it('says where and in whose words it was disrupted', () => {
    const pod = failed({ disruption: target('PreemptionByScheduler'), node: 'agent-2' });
    expect(judgePod(pod, 'scan-1', undefined)).toMatchObject({ detail: 'PreemptionByScheduler on agent-2: said so' });
  });

  it('counts what a disrupted worker spent, where it could still say so', () => {
    const ended = podEnd(75, { message: envelope(75, 'failed') });
    const pod = failed({ disruption: target('EvictionByEvictionAPI'), ended });
    expect(judgePod(pod, 'scan-1', undefined)).toMatchObject({ class: 'disruption', envelope: { usage } });
  });

  it('does not take the last lines of its log for an envelope', () => {
    const pod = failed({ ended: podEnd(1, { message: 'Error: out of luck\n    at main' }) });
    expect(judgePod(pod, 'scan-1', undefined)).not.toHaveProperty('envelope');
  });

  it('was ended by us where we ended it, whatever the pod says of that', () => {
    const pod = failed({ deletion: { at: 9000, graceMs: 30_000 }, ended: podEnd(143) });
    expect(judgePod(pod, 'scan-1', 'cancel')).toMatchObject({ class: 'cancelled' });
    expect(judgePod(pod, 'scan-1', 'time-limit')).toMatchObject({ class: 'timeout' });
  });
});
