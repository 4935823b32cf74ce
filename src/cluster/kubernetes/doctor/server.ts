import { messageOf } from '../../../shared/errors.ts';
import type { Transport } from '../api/transport.ts';
import { failed, met, noted, type CheckLine, type Complaint } from './check.ts';

/** The API server as its first answer shows it. */
export interface ApiServer {
  /** As it says it: `v1.36.3+k3s1`. */
  readonly version: string;
  /** How far its clock is ahead of ours, in ms; undefined where it tells no time. */
  readonly aheadMs: number | undefined;
}

/** Minor versions of Kubernetes whose API has all that Cortex asks for; its tests run on the last. */
const known = { first: 34, last: 36 } as const;

/** Larger differences are no longer the network's. */
const clockLimitMs = 5000;

/** Asks for the version: everybody who gets in may. The date of the answer has whole seconds: half of one is added. */
export async function readServer(transport: Transport, now: () => number): Promise<ApiServer> {
  const before = now();
  const { body, headers } = await transport.send({ method: 'GET', path: '/version' });
  const middle = (before + now()) / 2;
  const date = Date.parse(headers['date'] ?? '');
  const { gitVersion } = JSON.parse(body.toString('utf8')) as { gitVersion?: unknown };
  return {
    version: typeof gitVersion === 'string' ? gitVersion : 'unknown',
    aheadMs: Number.isNaN(date) ? undefined : Math.round(date + 500 - middle),
  };
}

export function versionCheck({ version }: Pick<ApiServer, 'version'>): CheckLine {
  const minor = minorOf(version);
  const needed = `1.${known.first} to 1.${known.last}, whose API has what Cortex asks for`;
  if (minor !== undefined && minor >= known.first && minor <= known.last) return met('server version', version, needed);
  const remedy =
    minor === undefined || minor > known.last
      ? 'Rehearse a plan first (`cortex run … --rehearse`): it is another version than those that Cortex knows.'
      : 'Upgrade the cluster: older servers lack parts of the Job API and of the admission policies.';
  return noted('server version', { seen: version, needed, remedy });
}

/** The minor version in `v1.36.3+k3s1`. */
export function minorOf(version: string): number | undefined {
  const digits = /^v1\.(\d+)\b/.exec(version)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** What hangs on the clocks, for people who see that they differ. */
const hangs = 'when an execution is over for `cortex gc`, how long adopted workers have run, and how long tokens live';

/** A doctor fails over clocks that differ; a run goes by the store's clock alone, and only says so. */
export function clockCheck(
  check: string,
  { aheadMs, than, fails }: { readonly aheadMs: number | undefined; readonly than: string; readonly fails: boolean },
): CheckLine {
  const needed = `at most ${clockLimitMs / 1000} s apart`;
  if (aheadMs === undefined) return { check, ok: null, seen: 'it tells no time', needed };
  const seen = `${describeAhead(aheadMs)} ${than}`;
  if (Math.abs(aheadMs) <= clockLimitMs) return met(check, seen, needed);
  const remedy = `Set both clocks by NTP (\`timedatectl set-ntp true\`). On them hang ${hangs}.`;
  const complaint: Complaint = { seen, needed, remedy };
  return fails ? failed(check, complaint) : noted(check, complaint);
}

function describeAhead(aheadMs: number): string {
  const seconds = (Math.abs(aheadMs) / 1000).toFixed(1);
  return `${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'}`;
}

/** The way in itself: who we are to the server is asked of nobody but of what we use. */
export function wayInCheck(about: string, isUnverified: boolean): CheckLine {
  const needed = 'an API server that lets us in';
  if (!isUnverified) return met('way in', about, needed);
  return noted('way in', {
    seen: `${about}; the certificate of the server is not checked`,
    needed,
    remedy: 'Put certificate-authority-data in place of insecure-skip-tls-verify in the kubeconfig.',
  });
}

/** Why nothing else was asked. */
export function noServer(error: unknown): string {
  return `not asked: ${messageOf(error).split('\n', 1)[0] ?? ''}`;
}
