import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/entry/arguments.ts';
import { runCommand } from '../../src/entry/commands/run.ts';
import { readEnvironment } from '../../src/entry/environment.ts';
import { parseEvent, type Event } from '../../src/protocol/event.ts';
import { startFakeApi, type FakeApi } from '../support/kubernetes/fake-api.ts';
import { hasEngine, startServer, type StoreServer } from '../support/redis-servers.ts';
import { scratchRepository, type ScratchRepository } from '../support/scratch-repository.ts';
import { smallRepository } from '../support/small-plan.ts';

const id = 'CORTEX-EXEC-2026-11-30-100000';

describe.skipIf(!hasEngine('redis'))('the preflight of a run on a cluster', () => {
  let api: FakeApi;
  let store: StoreServer;
  let repository: ScratchRepository;
  beforeEach(async () => {
    api = await startFakeApi({ manner: 'simulated' });
    store = await startServer('redis');
    repository = scratchRepository(smallRepository);
  });
  afterEach(async () => {
    await api.close();
    await store.remove();
    repository.remove();
  });

  /** Rehearses the small plan over the fake cluster; returns the exit code. */
  async function rehearse(plan = 'plan.yaml'): Promise<number> {
    const { directory } = repository;
    repository.write('kubeconfig', kubeconfigOf(api.url));
    const flags = ['--launcher', 'kubernetes', '--kubeconfig', join(directory, 'kubeconfig'), '--rehearse', '500ms'];
    const at = ['--target', directory, '--id', id, '--store', store.url, '--json'];
    const environment = {
      ...readEnvironment(),
      isTerminal: false,
      workerStore: 'redis://redis.cortex-system.svc:6379',
    };
    const io = { out: (): void => undefined, err: (): void => undefined };
    return runCommand(readArguments('run', [join(directory, plan), ...flags, ...at]), { io, environment });
  }

  const read = (...path: readonly string[]): string => readFileSync(join(repository.directory, ...path), 'utf8');
  const preflight = (): readonly { check: string; ok: boolean | null; seen: string; remedy?: string }[] =>
    (JSON.parse(read('coordination', 'execution-plans', 'preflight-report.json')) as { checks: never }).checks;
  const events = (): readonly Event[] =>
    read('coordination', 'executions', id, 'events.jsonl')
      .trim()
      .split('\n')
      .map((line) => parseEvent(JSON.parse(line)));

  it('writes what it found of the cluster, and the run goes on and is sampled', async () => {
    expect(await rehearse()).toBe(0);
    const checks = preflight();
    expect(checks.filter(({ ok }) => ok === false)).toEqual([]);
    const seen = new Map(checks.map((each) => [each.check, each.seen]));
    expect(seen.get('launcher')).toContain('Jobs in the namespace cortex-workers');
    expect(seen.get('nodes')).toBe('7 of 7 Ready');
    expect(seen.get('dry run')).toContain('a scan-worker');
    const samples = events().filter(({ type }) => type === 'cluster.sampled');
    expect(samples.length).toBeGreaterThan(0);
    expect(new Set(samples.map((sample) => sample.id)).size).toBe(samples.length);
  });

  it('says once that a cluster has no metrics', async () => {
    api.setMetrics(false);
    expect(await rehearse()).toBe(0);
    expect(events().filter(({ type }) => type.startsWith('cluster.'))).toMatchObject([
      { type: 'cluster.unsampled', data: { reason: 'the cluster has no metrics-server' } },
    ]);
  });

  it('stops a run before anything is launched where the cluster would make it fail', async () => {
    api.rights.deny({ verb: 'create', resource: 'secrets' });
    await expect(rehearse()).rejects.toMatchObject({ code: 'preflight-failed', family: 'problem' });
    expect(preflight().filter(({ ok }) => ok === false)).toMatchObject([
      { check: 'right: create secrets', remedy: expect.stringContaining('kubectl apply -k deploy/') },
    ]);
    expect(api.verbs.list('jobs', 'cortex-workers')).toEqual([]);
    expect(api.verbs.list('configmaps', 'cortex-workers')).toEqual([]);
    expect(events().map(({ type }) => type)).not.toContain('worker.launched');
  });
});

function kubeconfigOf(server: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'fake',
    clusters: [{ name: 'fake', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'fake', user: { token: 'anybody' } }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
  });
}
