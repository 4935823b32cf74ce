import type { Access } from '../../../src/cluster/kubernetes/api/access.ts';
import { openTransport } from '../../../src/cluster/kubernetes/api/transport.ts';
import { kubernetesLauncher } from '../../../src/cluster/kubernetes/kubernetes-launcher.ts';
import { key, workerSelector } from '../../../src/cluster/kubernetes/spec/names.ts';
import type { Launcher } from '../../../src/cluster/launcher.ts';
import type { LaunchNotice } from '../../../src/protocol/attempt.ts';
import { launchRequest, plainWishes } from '../../support/launch-request.ts';
import type { LauncherWorld, Script } from '../launcher-contract.ts';
import { packedProgram, shortTimes } from './fake-world.ts';
import { simulatedLife } from './simulated-script.ts';

let worlds = 0;

export interface SimulatedWorld extends LauncherWorld {
  readonly execution: string;
  readonly notices: readonly LaunchNotice[];
}

/** Launchers over an API server whose nodes simulate their pods; each world is an execution of its own. */
export function openSimulatedWorld(access: Access): SimulatedWorld {
  const execution = `CORTEX-EXEC-simulated-${process.pid}-${(worlds += 1)}`;
  const namespace = 'cortex-workers';
  const scripts = new Map<string, Script>();
  const transport = openTransport(access);
  const launchers: Launcher[] = [];
  const notices: LaunchNotice[] = [];
  const another = (): Launcher => {
    const launcher = kubernetesLauncher({
      transport,
      execution,
      namespace,
      repository: 'example/shop',
      endsAt: Date.now() + 3_600_000,
      program: packedProgram(),
      files: {},
      store: 'redis://redis.invalid:6379',
      wishes: plainWishes,
      logs: undefined,
      mask: (text) => text,
      slots: 16,
      startMs: 20_000,
      now: Date.now,
      times: shortTimes,
      onNotice: (notice) => void notices.push(notice),
      annotations: (request) => simulatedLife(scripts.get(request.document) ?? [], request),
    });
    launchers.push(launcher);
    return launcher;
  };
  let orders = 0;
  return {
    execution,
    notices,
    launcher: another(),
    another,
    request: (worker, script, limits = {}) => {
      const document = `order-${(orders += 1)}`;
      scripts.set(document, script);
      return launchRequest(worker, { document, ...limits });
    },
    // A pod is there until its Job is removed: none of them is, before the world is.
    runs: async (worker) => {
      const selector = encodeURIComponent(workerSelector(execution));
      const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`;
      const { body } = await transport.send({ method: 'GET', path });
      const { items } = JSON.parse(body.toString('utf8')) as {
        items: { metadata: { annotations: Record<string, string> } }[];
      };
      return items.filter(({ metadata }) => metadata.annotations[key.worker] === worker).length;
    },
    remove: async () => {
      for (const launcher of launchers) await launcher.close();
      await launchers[0]?.clear();
      transport.close();
    },
  };
}
