import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatUtc,
  secondsBetween,
} from '../../../src/report/markdown/format.ts';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1\u202F000'],
    [1234567, '1\u202F234\u202F567'],
    [12345.678, '12\u202F345.68'],
    [81.25, '81.25'],
    [-5, '−5'],
  ])('writes %d as %s', (value, expected) => {
    expect(formatNumber(value)).toBe(expected);
  });
});

describe('formatCount', () => {
  it.each([
    [0, '0 patches'],
    [1, '1 patch'],
    [2, '2 patches'],
  ])('gives %d its noun', (value, expected) => {
    expect(formatCount(value, 'patch', 'patches')).toBe(expected);
  });
});

describe('formatDuration', () => {
  it.each([
    [0.04, '0 s'],
    [0.44, '0.4 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [72, '1 min 12 s'],
    [3600, '1 h'],
    [7500, '2 h 5 min'],
  ])('writes %d s as %s', (seconds, expected) => {
    expect(formatDuration(seconds)).toBe(expected);
  });
});

describe('formatBytes', () => {
  it.each([
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [3 * 1024 * 1024, '3 MiB'],
  ])('writes %d bytes as %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });
});

describe('times', () => {
  it('are shown in UTC whatever zone they were written in', () => {
    expect(formatUtc('2026-11-14T10:00:00+01:00')).toBe('2026-11-14 09:00:00 UTC');
  });

  it('that are none stay text', () => {
    expect(formatUtc('<now>')).toBe('&lt;now&gt;');
  });

  it('without an end have no length', () => {
    expect(secondsBetween('2026-11-14T09:00:00Z', null)).toBeUndefined();
  });
});
