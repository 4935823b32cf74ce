/** Durations, sizes, processors, percents and dollars as people write them. Each parser gets text that its pattern accepted. */

/** `15m`, `900s`, `1h30m`: hours, minutes, seconds, in that order, at least one. */
export const durationPattern = /^(?=\d)(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$/;
/** `512Mi`, `1Gi`, `500M`, or bytes. */
export const sizePattern = /^(\d{1,15})(Ki|Mi|Gi|Ti|k|M|G|T)?$/;
/** `500m` (thousandths of a processor), `2` or `0.5`. */
export const cpuPattern = /^(?:(\d{1,7})m|(\d{1,4})(?:\.(\d{1,3}))?)$/;
/** `10%`. */
export const percentPattern = /^(\d{1,3})%$/;

const sizeUnits: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Milliseconds. */
export function parseDuration(text: string): number {
  const [, hours = '0', minutes = '0', seconds = '0'] = durationPattern.exec(text) ?? [];
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/** Bytes. */
export function parseSize(size: string | number): number {
  const [, digits = '0', unit = ''] = sizePattern.exec(String(size)) ?? [];
  return Number(digits) * (sizeUnits[unit] ?? 1);
}

/** Thousandths of a processor. */
export function parseCpu(cpu: string | number): number {
  const [, millis, whole = '0', fraction = '0'] = cpuPattern.exec(String(cpu)) ?? [];
  return millis === undefined ? Number(whole) * 1000 + Number(fraction.padEnd(3, '0')) : Number(millis);
}

/** The share in percent: `10%` is 10. */
export function parsePercent(text: string): number {
  return Number(percentPattern.exec(text)?.[1] ?? '0');
}

/** Micro-dollars; dollars are written with at most six decimals. */
export function microDollars(usd: number): number {
  return Math.round(usd * 1e6);
}

/** `1h 30m`, `45s`, `0s`. */
export function showDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return shown.length === 0 ? '0s' : shown.join(' ');
}

/** `512 MiB`, `1.5 GiB`. */
export function showBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${trimZeros((bytes / 1024 ** step).toFixed(1))} ${units[step]}`;
}

/** `$1.25`; parts of a cent only where there are any. */
export function showDollars(micro: number): string {
  const cents = micro / 1e4;
  return `$${Number.isInteger(cents) ? (cents / 100).toFixed(2) : (micro / 1e6).toFixed(4)}`;
}

/** `2,950,000`. */
export function showCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3}){1,6}$)/g, ',');
}

/** `500m` or `2`. */
export function showCpu(millicores: number): string {
  return millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`;
}

function trimZeros(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
