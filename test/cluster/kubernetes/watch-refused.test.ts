import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeApi } from '../../support/kubernetes/fake-api.ts';
import type { Fault } from '../../support/kubernetes/faults.ts';
import type { Script } from '../launcher-contract.ts';
import { openFakeWorld, type FakeWorld } from './fake-world.ts';

const work: Script = [['wait', 300], ['leave'], ['exit', 0]];
const returned = { kind: 'returned', envelope: { worker: 'scan-1' } };

/** An answer of 200 whose only event is an error, as a server gives that fails once a watch has begun. */
const errorEvent = `${JSON.stringify({
  type: 'ERROR',
  object: {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: 'etcd is away',
    reason: 'InternalError',
    code: 500,
  },
})}\n`;

/** How a watch can be kept from us. Each returns how to give it. */
const ways: readonly (readonly [string, (api: FakeApi) => () => void])[] = [
  ['is forbidden', ({ rights }) => rights.deny({ verb: 'watch', resource: 'pods' })],
  ['is answered 429 with a time to wait', answering({ status: 429, retryAfterSeconds: 1 })],
  ['is answered 500', answering({ status: 500 })],
  ['begins, and then tells of an error (500 as an event)', answering({ says: errorEvent })],
  ['begins, and tells what is no event', answering({ says: '<html>Please log in</html>\n' })],
];

function answering(fault: Fault): (api: FakeApi) => () => void {
  return ({ faults }) => faults.next(fault, { verb: 'watch' });
}

describe('a watch that is not given', () => {
  let world: FakeWorld;
  beforeEach(async () => {
    world = await openFakeWorld();
  });
  afterEach(() => world.remove());

  const told = (): readonly string[] =>
    world.notices.map(({ of }) => of).filter((of) => of === 'watch-lost' || of === 'watch-restored');

  it.each(ways)('because it %s makes no storm, is told once, and hides no result', async (_what, refuse) => {
    const give = refuse(world.api);
    world.api.resetCounts();
    const begun = performance.now();
    const running = await world.launcher.launch(world.request('scan-1', work));
    await new Promise((resolve) => setTimeout(resolve, 3000 - (performance.now() - begun)));
    const { requests } = world.api.counts();
    expect(requests['watch pods']).toBeGreaterThan(1);
    expect(requests['watch pods']).toBeLessThan(10);
    expect(requests['list pods']).toBeLessThan(10);
    expect(told()).toEqual(['watch-lost']);
    // The list has found its end meanwhile, or does soon.
    expect(await running.outcome).toMatchObject(returned);
    give();
    await expect.poll(told, { timeout: 15_000 }).toEqual(['watch-lost', 'watch-restored']);
  });
});
