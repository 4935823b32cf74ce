import { failed, met, noted, unasked, type CheckLine } from '../../cluster/kubernetes/doctor/check.ts';
import { engineOf, type ServerInfo } from '../../coordination/redis/server-info.ts';

const docs = 'docs/redis.md';
const oldest = { Redis: '7.0', Valkey: '8.0' } as const;
const silent = 'this user may not ask the server';

/** `Redis 7.2.4`, and how old it may be at most where it is older. */
export function describeEngine(info: ServerInfo): string {
  if (!info) return `it answers; ${silent} for more`;
  const { name, version = 'of unknown version' } = engineOf(info);
  const least = oldest[name];
  return `${name} ${version}${isOlder(version, least) ? `, older than ${least}, the first that Cortex was tried on` : ''}`;
}

/** Whether the results of a run outlive a restart of the server. */
export function persistenceCheck(info: ServerInfo): CheckLine {
  const check = 'storage of results';
  const needed = 'an append-only file: events and results outlive a restart';
  const isKept = info?.get('aof_enabled');
  if (isKept === undefined) return unasked(check, `unknown: ${silent}`, needed);
  const status = info?.get('aof_last_write_status') ?? 'ok';
  if (isKept !== '1') {
    const remedy = `Set appendonly yes and appendfsync always: ${docs}.`;
    return failed(check, { seen: 'no append-only file: a restart loses every execution', needed, remedy });
  }
  if (status === 'ok') return met(check, 'the append-only file is on, and written', needed);
  return failed(check, {
    seen: `the append-only file is on, but its last write says ${status}`,
    needed,
    remedy: 'Make room on the disk of the store.',
  });
}

/** A server that makes room by removing keys removes those of a run. */
export function evictionCheck(info: ServerInfo): CheckLine {
  const check = 'memory of the store';
  const needed = 'noeviction, and room';
  const policy = info?.get('maxmemory_policy');
  const most = Number(info?.get('maxmemory') ?? Number.NaN);
  const used = Number(info?.get('used_memory') ?? Number.NaN);
  if (policy === undefined || Number.isNaN(used)) return unasked(check, `unknown: ${silent}`, needed);
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MiB`;
  const seen =
    most > 0 ? `${mebibytes(used)} of ${mebibytes(most)} used, ${policy}` : `${mebibytes(used)} used, no limit`;
  if (most > 0 && policy !== 'noeviction') {
    return failed(check, { seen, needed, remedy: `Set maxmemory-policy noeviction: ${docs}.` });
  }
  if (most > 0 && used > most * 0.9) return noted(check, { seen, needed, remedy: 'Give it more memory (maxmemory).' });
  return met(check, seen, needed);
}

function isOlder(version: string, least: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
