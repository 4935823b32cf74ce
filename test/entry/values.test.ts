import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/entry/arguments.ts';
import { durationFlag, masterList, timeLimitFlag, wholeNumber } from '../../src/entry/values.ts';

const wait = (...argv: readonly string[]): number => durationFlag(readArguments('run', argv), 'leg-wait', '60s');
const lease = (text: string): number => timeLimitFlag(readArguments('run', ['--lease', text]), 'lease', '30s');
const workers = (text: string): number | undefined =>
  wholeNumber(readArguments('run', [`--parallel-workers=${text}`]), 'parallel-workers');

describe('a flag that says how long', () => {
  it.each([
    ['0s', 0],
    ['250ms', 250],
    ['1s', 1000],
    ['9999s', 9_999_000],
    ['2m', 120_000],
  ])('reads %s', (text, ms) => {
    expect(wait('--leg-wait', text)).toBe(ms);
  });

  it('is what the command says where it is not given', () => {
    expect(wait()).toBe(60_000);
  });

  it.each(['1', 's', '1h', '-1s', '1.5s', '10000s', ' 1s', '1s\n'])('refuses %j, and shows how to write it', (text) => {
    expect(() => wait(`--leg-wait=${text}`)).toThrow(
      expect.objectContaining({ family: 'problem', code: 'bad-duration', hint: 'Write --leg-wait 60s.' }),
    );
  });

  it('refuses no time at all where something has to happen in it', () => {
    expect(lease('1ms')).toBe(1);
    for (const none of ['0ms', '0s', '00m'])
      expect(() => lease(none)).toThrow(expect.objectContaining({ family: 'problem', code: 'bad-duration' }));
  });
});

describe('a flag that says how many', () => {
  it('reads whole numbers from 1', () => {
    expect([workers('1'), workers('16')]).toEqual([1, 16]);
  });

  it('is undefined where it is not given', () => {
    expect(wholeNumber(readArguments('run', []), 'parallel-workers')).toBeUndefined();
  });

  it.each(['0', '-1', '1.5', '01', '1e3', 'many', '1000000'])('refuses %j', (text) => {
    expect(() => workers(text)).toThrow(expect.objectContaining({ family: 'problem', code: 'bad-number' }));
  });
});

describe('names of masters', () => {
  it('are separated by commas', () => {
    expect(masterList(' cicd-master, security-master, ')).toEqual(['cicd-master', 'security-master']);
    expect(masterList('')).toEqual([]);
  });
});
