import { nounFor } from '../../shared/noun.ts';
import { plain } from './escape.ts';

/** U+202F: a thin space that lines don't break at. */
const thinSpace = '\u202F';

/** At most two decimals, thousands set apart by thin spaces: 12345.678 reads 12 345.68. */
export function formatNumber(value: number): string {
  const [whole = '', decimals] = String(Math.round(Math.abs(value) * 100) / 100).split('.');
  const grouped = /^\d+$/.test(whole) ? whole.replace(/\B(?=(?:\d{3})+$)/g, thinSpace) : whole;
  const sign = value < 0 ? '−' : '';
  return decimals === undefined ? `${sign}${grouped}` : `${sign}${grouped}.${decimals}`;
}

/** `1 finding`, `2 findings`. */
export function formatCount(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(value)} ${nounFor(value, singular, plural)}`;
}

/** A length of time in its two largest units: `0.4 s`, `12 s`, `1 min 12 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${formatNumber(Math.round(seconds * 10) / 10)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joinUnits([Math.floor(whole / 60), 'min'], [whole % 60, 's']);
  const minutes = Math.round(whole / 60);
  return joinUnits([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min']);
}

/** An ISO 8601 time to the second, in UTC; a text that is no time stays text. */
export function formatUtc(iso: string): string {
  const epochMs = Date.parse(iso);
  return Number.isNaN(epochMs)
    ? plain(iso, 40)
    : `${new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A size in the unit that suits it: `512 B`, `1.5 KiB`, `3 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [value, unit] = bytes < 1024 * 1024 ? [bytes / 1024, 'KiB'] : [bytes / 1024 / 1024, 'MiB'];
  return `${formatNumber(Math.round(value * 10) / 10)} ${unit}`;
}

/** Seconds between two ISO 8601 times; undefined where one of them is missing. */
export function secondsBetween(from: string | null, to: string | null): number | undefined {
  const seconds = (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}

/** The first digits of a fingerprint or a commit: enough to name it. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

function joinUnits(large: readonly [number, string], small: readonly [number, string]): string {
  return (small[0] === 0 ? [large] : [large, small]).map(([value, unit]) => `${value} ${unit}`).join(' ');
}
