import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLogCopy } from '../../../src/coordination/file/log-copy.ts';
import { fileBlobs } from '../../../src/coordination/file/blobs.ts';
import { readArguments } from '../../../src/entry/arguments.ts';
import { readEnvironment } from '../../../src/entry/environment.ts';
import { findPlace } from '../../../src/entry/run/order.ts';
import { runPaths } from '../../../src/entry/run/paths.ts';
import { takeOrder, type TakenOrder } from '../../../src/entry/run/take-order.ts';
import { logOf, started } from '../../support/events.ts';
import { validPlan } from '../../support/plans.ts';
import { scratchRepository, type ScratchRepository } from '../../support/scratch-repository.ts';
import { smallPlan, smallRepository } from '../../support/small-plan.ts';

const doors = { redis: false, cluster: false, model: false, catalog: false, github: false };
const masters = [
  { name: 'security-master', tokens: 0, microDollars: 0 },
  { name: 'cicd-master', tokens: 0, microDollars: 0 },
] as const;

describe('what is to be run', () => {
  let repository: ScratchRepository;
  beforeAll(() => {
    repository = scratchRepository(smallRepository);
  });
  afterAll(() => repository.remove());

  async function take(...argv: readonly string[]): Promise<TakenOrder> {
    const args = readArguments('run', [...argv, '--target', repository.directory]);
    const environment = { ...readEnvironment(), store: undefined };
    const place = await findPlace(args, environment);
    return takeOrder({ args, place, environment, io: { out: () => undefined, err: () => undefined } });
  }
  /** A folder's log of an execution that has begun, over such doors. */
  async function leaveLog(id: string, redis: boolean): Promise<void> {
    const paths = runPaths(`${repository.directory}/coordination`, id);
    const plan = {
      name: 'small',
      file: 'plan.yaml',
      digest: validPlan(smallPlan).digest,
      blob: await fileBlobs(paths.blobs).putBlob(smallPlan),
    };
    const copy = openLogCopy(paths.log);
    logOf(started({ plan, masters: [...masters], doors: { ...doors, redis } })).forEach(copy.take);
    copy.close();
  }
  const planFile = (): string => `${repository.directory}/plan.yaml`;

  it('is the plan that was named, under an id of its own, with no store to share', async () => {
    const { order, shared } = await take(planFile(), '--id', 'CORTEX-EXEC-FRESH');
    expect(order).toMatchObject({ id: 'CORTEX-EXEC-FRESH', own: ['security-master', 'cicd-master'], leftOut: [] });
    expect(shared).toBeUndefined();
  });

  it('is what the log of a folder began with, where that is gone on with', async () => {
    await leaveLog('CORTEX-EXEC-HERE', false);
    const { order } = await take('--resume', 'CORTEX-EXEC-HERE');
    expect(order).toMatchObject({ id: 'CORTEX-EXEC-HERE', commit: 'c'.repeat(40), planText: smallPlan });
  });

  it('is not to be had from the copy of a shared log alone', async () => {
    await leaveLog('CORTEX-EXEC-COPY', true);
    await expect(take('--resume', 'CORTEX-EXEC-COPY')).rejects.toMatchObject({
      family: 'problem',
      code: 'store-needed',
      hint: expect.stringContaining('cortex report CORTEX-EXEC-COPY') as string,
    });
  });

  it('is nothing where nothing has begun', async () => {
    await expect(take('--resume', 'CORTEX-EXEC-NOBODY')).rejects.toMatchObject({ code: 'nothing-to-resume' });
  });
});
