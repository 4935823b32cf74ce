import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Access } from '../../../src/cluster/kubernetes/api/access.ts';
import { openTransport, type Transport, type TransportLimits } from '../../../src/cluster/kubernetes/api/transport.ts';
import {
  kubernetesLauncher,
  type KubernetesOptions,
  type KubernetesTimes,
} from '../../../src/cluster/kubernetes/kubernetes-launcher.ts';
import { bundledPodStart } from '../../../src/entry/bundle.ts';
import type { Launcher } from '../../../src/cluster/launcher.ts';
import type { LaunchNotice } from '../../../src/protocol/attempt.ts';
import { startFakeApi, type FakeApi, type FakeOptions } from '../../support/kubernetes/fake-api.ts';
import { launchRequest, plainWishes } from '../../support/launch-request.ts';
import type { LauncherWorld, Script } from '../launcher-contract.ts';

/** Waits that fit a test: none of them decides an outcome that a longer one would change. */
export const shortTimes: Partial<KubernetesTimes> = {
  relistMs: 5000,
  lostAfterMs: 300,
  tendMs: 200,
  imageMs: 1500,
  limboMs: 1000,
  cancelMs: 20_000,
};

/** A tiny program in place of the worker bundle, packed and started as that is. */
export function packedProgram(): KubernetesOptions['program'] {
  return (packed ??= pack());
}

let packed: KubernetesOptions['program'] | undefined;

function pack(): KubernetesOptions['program'] {
  const program = readFileSync(join(import.meta.dirname, '..', 'programs', 'worker.mjs'));
  const sha256 = createHash('sha256').update(program).digest('hex');
  return { gzip: gzipSync(program), sha256, start: readFileSync(bundledPodStart(), 'utf8') };
}

/** A fake API server whose pods are processes, and launchers over it. */
export interface FakeWorld extends LauncherWorld {
  readonly api: FakeApi;
  readonly notices: readonly LaunchNotice[];
  /** A launcher with further options. */
  readonly launcherWith: (change: Partial<KubernetesOptions>) => Launcher;
  readonly transport: (limits?: Partial<TransportLimits>) => Transport;
  /** A path that workers can write to, and what they wrote there. */
  readonly folder: string;
  readonly scratch: (name: string) => string;
  readonly read: (name: string) => string | undefined;
}

export interface FakeWorldOptions extends Partial<FakeOptions> {
  /** The way in; a plain one without it. */
  readonly access?: (api: FakeApi) => Access;
}

export async function openFakeWorld(options: FakeWorldOptions = {}): Promise<FakeWorld> {
  const root = mkdtempSync(join(tmpdir(), 'cortex-fake-'));
  const at = (name: string): string => join(root, name);
  const api = await startFakeApi({ manner: 'processes', secondMs: 100, ...options });
  const notices: LaunchNotice[] = [];
  const access = options.access?.(api) ?? plainAccess(api.url);
  const opened: { readonly close: () => void | Promise<void> }[] = [];
  const transport = (limits: Partial<TransportLimits> = {}): Transport => {
    const made = openTransport(access, { patienceMs: 20_000, ...limits });
    opened.push(made);
    return made;
  };
  const launcherWith = (change: Partial<KubernetesOptions>): Launcher => {
    const onNotice = (notice: LaunchNotice): void => void notices.push(notice);
    const way = change.transport ?? transport();
    const launcher = kubernetesLauncher({ ...launcherOptions(root), onNotice, ...change, transport: way });
    opened.unshift(launcher);
    return launcher;
  };
  let orders = 0;
  const read = (name: string): string | undefined =>
    existsSync(at(name)) ? readFileSync(at(name), 'utf8') : undefined;
  return {
    api,
    notices,
    launcher: launcherWith({}),
    another: () => launcherWith({}),
    launcherWith,
    transport,
    request: (worker: string, script: Script, limits = {}) => {
      const document = at(`order-${(orders += 1)}.json`);
      writeFileSync(document, JSON.stringify([['note', [at(`runs-${worker}`), 'x']], ...script]));
      return launchRequest(worker, { document, ...limits });
    },
    runs: (worker) => Promise.resolve(read(`runs-${worker}`)?.length ?? 0),
    folder: root,
    scratch: at,
    read,
    remove: async () => {
      api.faults.lift();
      for (const each of opened) await each.close();
      await api.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export function plainAccess(server: string): Access {
  return { server, about: 'the fake API server', credentials: () => Promise.resolve({ headers: {} }), secrets: [] };
}

/** What a launcher over the fake is given, with its files in a folder. */
export function launcherOptions(folder: string): Omit<KubernetesOptions, 'transport'> {
  return {
    execution: 'CORTEX-EXEC-2026-11-30-080000',
    namespace: 'cortex-workers',
    repository: 'example/shop',
    endsAt: Date.now() + 3_600_000,
    program: packedProgram(),
    files: {},
    store: `file:${join(folder, 'blobs')}`,
    wishes: plainWishes,
    logs: join(folder, 'logs'),
    mask: (text) => text.replaceAll('hunter2', '***'),
    slots: 16,
    startMs: 20_000,
    now: Date.now,
    times: shortTimes,
  };
}
