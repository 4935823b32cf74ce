import { describe, expect, it } from 'vitest';
import {
  durationPattern,
  parseCpu,
  parseDuration,
  parseSize,
  showBytes,
  showCount,
  showCpu,
  showDollars,
  showDuration,
} from '../../src/plan/quantities.ts';

describe('quantities', () => {
  it.each([
    ['15m', 900_000],
    ['900s', 900_000],
    ['1h30m', 5_400_000],
    ['1h', 3_600_000],
    ['1h0m5s', 3_605_000],
  ])('%s are %i milliseconds', (text, ms) => {
    expect(durationPattern.test(text)).toBe(true);
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', 'h', '15', '1m1h', '1.5h', '-1m', '1d', ' 1m'])('%j is no duration', (text) => {
    expect(durationPattern.test(text)).toBe(false);
  });

  it.each<[string | number, number]>([
    ['512Mi', 536_870_912],
    ['1Gi', 1_073_741_824],
    ['1k', 1000],
    ['500M', 500_000_000],
    [1024, 1024],
  ])('%s are %i bytes', (size, bytes) => {
    expect(parseSize(size)).toBe(bytes);
  });

  it.each<[string | number, number]>([
    ['500m', 500],
    ['2', 2000],
    ['0.5', 500],
    [0.25, 250],
    ['1.005', 1005],
  ])('%s processors are %i thousandths', (cpu, millicores) => {
    expect(parseCpu(cpu)).toBe(millicores);
  });

  it('are shown as people say them', () => {
    expect([showDuration(0), showDuration(90_000), showDuration(5_400_000)]).toEqual(['0s', '1m 30s', '1h 30m']);
    expect([showBytes(512), showBytes(1536), showBytes(2 ** 30)]).toEqual(['512 bytes', '1.5 KiB', '1 GiB']);
    expect([showCount(0), showCount(999), showCount(2_950_000)]).toEqual(['0', '999', '2,950,000']);
    expect([showDollars(0), showDollars(1_250_000), showDollars(150)]).toEqual(['$0.00', '$1.25', '$0.0001']);
    expect([showCpu(500), showCpu(2000)]).toEqual(['500m', '2']);
  });
});
