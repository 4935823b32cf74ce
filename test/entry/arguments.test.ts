import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/entry/arguments.ts';
import { CortexError } from '../../src/shared/errors.ts';

function refusal(command: string, ...argv: readonly string[]): CortexError {
  try {
    readArguments(command, argv);
  } catch (error) {
    if (error instanceof CortexError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('readArguments', () => {
  it.each([[['--target', 'shop']], [['--target=shop']]])('reads a value from %j', (argv) => {
    expect(readArguments('run', argv).text('target')).toBe('shop');
  });

  it('reads flags and words in any order', () => {
    const args = readArguments('run', ['--json', 'a.yaml', '--masters', 'security-master', 'b.yaml']);
    expect(args.positionals).toEqual(['a.yaml', 'b.yaml']);
    expect([args.has('json'), args.has('out')]).toEqual([true, false]);
    expect(args.text('masters')).toBe('security-master');
    expect(args.text('out')).toBeUndefined();
  });

  it('takes everything behind -- for a word', () => {
    expect(readArguments('run', ['--', '--json']).positionals).toEqual(['--json']);
  });

  it('knows -h', () => {
    expect(readArguments('watch', ['-h']).has('help')).toBe(true);
  });

  it.each([
    ['--masers', 'masters'],
    ['--paralel-workers', 'parallel-workers'],
    ['--jsn', 'json'],
  ])('names the flag nearest to %s', (typed, nearest) => {
    const { code, message } = refusal('run', typed);
    expect([code, message]).toEqual(['unknown-flag', `cortex run has no flag ${typed}. Did you mean "${nearest}"?`]);
  });

  it('names no flag where none is near', () => {
    expect(refusal('run', '--xylophone').message).toBe('cortex run has no flag --xylophone.');
  });

  it.each(['--__proto__', '--constructor', '--no-json', '-x'])('does not know %s', (flag) => {
    expect(refusal('run', flag, 'value').code).toBe('unknown-flag');
  });

  it.each([
    ['at the end', ['--target']],
    ['before the next flag', ['--target', '--json']],
    ['that is empty', ['--target=']],
  ])('wants a value where there is none %s', (_where, argv) => {
    const { code, hint } = refusal('run', ...argv);
    expect([code, hint]).toEqual(['flag-without-value', 'Write --target <dir>.']);
  });

  it('takes a value that looks like a flag where it is given by =', () => {
    expect(readArguments('run', ['--target=--json']).text('target')).toBe('--json');
  });

  it('wants no value where none belongs', () => {
    expect(refusal('run', '--json=yes').code).toBe('flag-with-value');
  });

  it('refuses a flag that is given twice', () => {
    expect(refusal('run', '--out', 'a', '--out', 'b').code).toBe('flag-twice');
  });

  it.each([
    ['--monitor-url', 'cortex watch'],
    ['--alert-webhook', 'exit code'],
    ['--real-time-updates', 'state files'],
  ])('says what has taken the place of %s, with or without a value', (flag, replacement) => {
    for (const argv of [[flag], [flag, 'https://example.com']]) {
      const { code, hint } = refusal('run', ...argv);
      expect(code).toBe('flag-replaced');
      expect(hint).toContain(replacement);
    }
  });

  it('keeps flags to their commands', () => {
    expect(refusal('watch', '--masters', 'a').code).toBe('unknown-flag');
    expect(refusal('validate', '--target', 'a').code).toBe('unknown-flag');
  });
});
