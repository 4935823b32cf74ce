import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProcess } from '../../src/shared/process.ts';
import { programs, projectRoot } from '../support/journey.ts';
import { clusterWorld, type ClusterWorld } from './cluster-world.ts';

/** An execution that had to end a minute ago. */
const over = { endsAt: Date.now() - 60_000 };

describe('cortex gc', () => {
  let world: ClusterWorld;
  beforeEach(async () => {
    world = await clusterWorld();
  });
  afterEach(() => world.remove());

  it('removes what is over, leaves what may run, and says so', async () => {
    const left = world.anchor('EXECUTION-OVER', over);
    const kept = world.anchor('EXECUTION-RUNS');
    const { code, stdout, stderr } = await world.cortex(['gc']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`removed ConfigMap ${left} (EXECUTION-OVER)`);
    expect(stdout).toContain('1 left over in cortex-workers, 1 executions may still run');
    expect(world.anchors()).toEqual([kept]);
  });

  it('removes nothing in a dry run', async () => {
    const left = world.anchor('EXECUTION-OVER', over);
    const { code, stdout } = await world.cortex(['gc', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain(`would remove ConfigMap ${left}`);
    expect(world.anchors()).toEqual([left]);
  });

  it('goes on after one that can’t be removed, names it, and ends with 1', async () => {
    const all = ['EXECUTION-A', 'EXECUTION-B', 'EXECUTION-C'].map((id) => world.anchor(id, over)).toSorted();
    const [stubborn = '', ...others] = all;
    world.api.rights.deny({ verb: 'delete', resource: 'configmaps', name: stubborn });
    const { code, stdout } = await world.cortex(['gc']);
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^could not remove ConfigMap ${stubborn} .*is forbidden`, 'm'));
    for (const other of others) expect(stdout).toContain(`removed ConfigMap ${other}`);
    expect(world.anchors()).toEqual([stubborn]);
  });
});

describe('the program that a cluster runs to the same end', () => {
  let world: ClusterWorld;
  let token = '';
  beforeEach(async () => {
    world = await clusterWorld();
    token = world.api.tokens.issue();
  });
  afterEach(() => world.remove());

  /** Runs it as a pod with a service account would. */
  const reap = async (): Promise<{
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }> => {
    const account = join(world.folder, 'account');
    mkdirSync(account, { recursive: true });
    writeFileSync(join(account, 'ca.crt'), world.ca);
    writeFileSync(join(account, 'token'), token);
    writeFileSync(join(account, 'namespace'), 'cortex-system');
    const { hostname, port } = new URL(world.api.url);
    const { code, stdout, stderr } = await runProcess({
      command: process.execPath,
      args: ['--import', join(programs, 'as-service-account.mjs'), join(projectRoot, 'deploy', 'reaper', 'gc.mjs')],
      env: { SERVICE_ACCOUNT: account, KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
      timeoutMs: 30_000,
    });
    return { code, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
  };

  it('removes what is over, and leaves what may run', async () => {
    const left = world.anchor('EXECUTION-OVER', over);
    const kept = world.anchor('EXECUTION-RUNS');
    expect(await reap()).toEqual({
      code: 0,
      stdout: expect.stringContaining(`removed ConfigMap ${left}`) as string,
      stderr: '',
    });
    expect(world.anchors()).toEqual([kept]);
  });

  it('goes on after one that can’t be removed, names it, and ends with 1', async () => {
    const all = ['EXECUTION-A', 'EXECUTION-B', 'EXECUTION-C'].map((id) => world.anchor(id, over)).toSorted();
    const [stubborn = '', ...others] = all;
    world.api.rights.deny({ verb: 'delete', resource: 'configmaps', name: stubborn });
    const { code, stdout } = await reap();
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^could not remove ConfigMap ${stubborn} .*is forbidden`, 'm'));
    for (const other of others) expect(stdout).toContain(`removed ConfigMap ${other}`);
    expect(world.anchors()).toEqual([stubborn]);
  });

  it('says what is wrong, and ends with 1, where it is not let in', async () => {
    world.api.tokens.expire(token);
    const { code, stdout, stderr } = await reap();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('Unauthorized');
  });
});
