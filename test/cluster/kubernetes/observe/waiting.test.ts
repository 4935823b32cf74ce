import { describe, expect, it } from 'vitest';
import { podWaiting, refusedPod, type Waiting } from '../../../../src/cluster/kubernetes/observe/waiting.ts';
import type { PodView } from '../../../../src/cluster/kubernetes/observe/pod-view.ts';
import { podView } from '../../../support/pod-view.ts';

const pending = (change: Partial<PodView>): PodView => podView({ phase: 'Pending', startedAt: undefined, ...change });
const held = (reason: string, message = ''): PodView => pending({ waiting: { reason, message } });

describe('a pod that does not run', () => {
  it.each<readonly [PodView, Pick<Waiting, 'reason' | 'hope'>]>([
    [
      pending({ unscheduled: '0/7 nodes are available: 4 Insufficient cpu.' }),
      { reason: 'unschedulable', hope: 'likely' },
    ],
    [held('ErrImagePull', 'not found'), { reason: 'image', hope: 'unlikely' }],
    [held('ImagePullBackOff'), { reason: 'image', hope: 'unlikely' }],
    [held('InvalidImageName'), { reason: 'image', hope: 'never' }],
    [held('CreateContainerConfigError', 'secret "x" not found'), { reason: 'other', hope: 'unlikely' }],
  ])('says why: %#', (pod, expected) => {
    expect(podWaiting(pod)).toMatchObject(expected);
  });

  it.each([
    ['is about to', held('ContainerCreating')],
    ['runs', podView()],
    ['is over', podView({ phase: 'Succeeded' })],
  ])('waits for nothing where it %s', (_what, pod) => {
    expect(podWaiting(pod)).toBeUndefined();
  });
});

describe('a pod that is not made', () => {
  it.each<readonly [string, Pick<Waiting, 'reason' | 'hope'>]>([
    [
      'Error creating: pods "a-x" is forbidden: exceeded quota: workers, requested: pods=1, used: pods=4, limited: pods=4',
      { reason: 'quota', hope: 'likely' },
    ],
    [
      'Error creating: pods "a-x" is forbidden: failed quota: q: must specify limits.cpu',
      { reason: 'quota', hope: 'never' },
    ],
    [
      'Error creating: pods "a-x" is forbidden: violates PodSecurity "restricted:v1.36": allowPrivilegeEscalation != false',
      { reason: 'policy', hope: 'never' },
    ],
    [
      'Error creating: pods "a-x" is forbidden: error looking up service account w/cortex-worker: serviceaccount "cortex-worker" not found',
      { reason: 'policy', hope: 'never' },
    ],
    ['Error creating: Internal error occurred: failed calling webhook "x"', { reason: 'other', hope: 'likely' }],
  ])('says why: %#', (message, expected) => {
    expect(refusedPod(message)).toMatchObject(expected);
    expect(refusedPod(message).detail).toBe(message.slice('Error creating: '.length));
  });
});
