import { describe, expect, it } from 'vitest';
import { check } from './builder.ts';

const size = 400_000;
const job = (run: string): string => `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ${run}\n`;
const fill = (text: string): string => text.repeat(Math.floor(size / text.length));
const steps = fill('      - run: x\n').slice(0, 15 * 4000);

/** Generous for a slow machine; anything quadratic takes minutes. */
const limitMs = 15_000;

describe('hostile files end in bounded time, with a finding or a reason', () => {
  it.each([
    ['open brackets', fill('['), 'unread'],
    ['nested lists', fill('- '), 'unread'],
    ['nested keys', fill('? '), 'unread'],
    ['too large', 'a'.repeat(600_000), 'unread'],
    [
      'too many jobs',
      `on: push\njobs:\n${Array.from({ length: 1001 }, (_, n) => `  j${n}: { uses: ./a }`).join('\n')}\n`,
      'unread',
    ],
    ['a long job many times', `on: push\njobs:\n  a: &a\n    runs-on: x\n    steps:\n${steps}  b: *a\n`, 'unread'],
    ['an alias that holds itself', 'on: push\njobs: &j\n  a: *j\n', 'finding'],
    ['documents', fill('---\n'), 'finding'],
    ['tags', `a: ${fill('! ').slice(0, 100_000)}`, 'finding'],
    ['keys', Array.from({ length: 40_000 }, (_, n) => `k${n}: 1`).join('\n'), 'finding'],
    ['parentheses in an expression', job(`"\${{ ${fill('(')} }}"`), 'finding'],
    ['operators in an expression', job(`"\${{ ${fill('a && (b || ')} }}"`), 'finding'],
    ['many expressions', job(`"${fill('${{ a }}')}"`), 'finding'],
    ['spaces after git', job(`'git ${fill(' ')}'`), 'finding'],
    [
      'many steps in one job',
      `${job('x')}${Array.from({ length: 4000 }, (_, n) => `      - uses: a/b@v${n}`).join('\n')}\n`,
      'finding',
    ],
  ])('%s', { timeout: limitMs }, (_name, text, expected) => {
    const { findings, unread } = check(text);
    expect([findings.length > 0 ? 'finding' : '', unread.length > 0 ? 'unread' : ''].join('')).toBe(expected);
  });

  it('job ids like those of object prototypes are ids like others', () => {
    const text = job('x').replace('  a:', '  __proto__:').replace('jobs:\n', 'jobs:\n  constructor: { uses: ./a }\n');
    expect(check(text).workflows).toEqual([{ path: '.github/workflows/ci.yaml', jobs: 2, steps: 1 }]);
  });
});
