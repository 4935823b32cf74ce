import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternMatches, readCodeowners, ruleFor } from '../../../../src/workers/kinds/catalog/codeowners.ts';

describe('CODEOWNERS', () => {
  it('lets the last match decide', () => {
    const file = readCodeowners('* @all\n/src/ @team/src\n/src/api/ @team/api\n');
    expect(['README.md', 'src/a.ts', 'src/api/a.ts'].map((path) => ruleFor(file, path)?.owners)).toEqual([
      ['@all'],
      ['@team/src'],
      ['@team/api'],
    ]);
  });

  it('takes a rule without owners for nobody', () => {
    const file = readCodeowners('* @all\n/vendor/\n');
    expect(ruleFor(file, 'vendor/a.go')?.owners).toEqual([]);
  });

  it('reads comments, blank lines and escaped spaces', () => {
    expect(readCodeowners('# top\n\n/a\\ b/ @x # why\n').rules).toEqual([
      { line: 3, pattern: '/a b/', owners: ['@x'] },
    ]);
  });

  it('reads addresses, users and teams as owners', () => {
    expect(readCodeowners('* dev@example.com @user @org/team\n').rules[0]?.owners).toEqual([
      'dev@example.com',
      '@user',
      '@org/team',
    ]);
  });

  it.each([
    ['!docs/ @x', 'CODEOWNERS knows no negation'],
    ['a[bc] @x', 'CODEOWNERS knows no character ranges'],
    ['* nobody', 'no owner: "nobody"'],
  ])('names the line %j, which GitHub ignores, and keeps the others', (line, reason) => {
    const file = readCodeowners(`* @all\n${line}\n`);
    expect(file.rules).toHaveLength(1);
    expect(file.problems).toEqual([{ line: 2, reason }]);
  });

  // The examples of GitHub's own description of the syntax.
  it.each([
    ['*', 'a/b/c.ts', true],
    ['*.js', 'a/b/c.js', true],
    ['*.js', 'a/b/c.jsx', false],
    ['/build/logs/', 'build/logs/x/y.log', true],
    ['/build/logs/', 'a/build/logs/y.log', false],
    ['docs/*', 'docs/start.md', true],
    ['docs/*', 'docs/app/trouble.md', false],
    ['apps/', 'x/apps/y/z.ts', true],
    ['apps/', 'apps', false],
    ['/apps/', 'x/apps/y.ts', false],
    ['**/logs', 'a/b/logs/c.log', true],
    ['/apps/github', 'apps/github/x.ts', true],
    ['logs', 'a/logs/b', true],
    ['/scripts/**/*.sh', 'scripts/a/b.sh', true],
    ['/scripts/**/*.sh', 'scripts/b.sh', true],
    ['a?c', 'x/abc', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxbyy', false],
  ])('pattern %s on %s: %s', (pattern, path, expected) => {
    expect(patternMatches(pattern, path)).toBe(expected);
  });

  it('never throws, and every line is a rule, a problem or nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('*', '**/', '\\', '#', '@a', ' ', '\n', '/')), {
          maxLength: 60,
        }),
        (parts) => {
          const text = parts.join('');
          const file = readCodeowners(text);
          expect(file.rules.length + file.problems.length).toBeLessThanOrEqual(text.split('\n').length);
          ruleFor(file, 'src/a/b.ts');
        },
      ),
    );
  });

  it('answers at once for patterns made to back-track', () => {
    const pattern = `/${'**/*a*a*a*a/'.repeat(20)}x`;
    expect(patternMatches(pattern, `${`${'a'.repeat(200)}/`.repeat(90)}y`)).toBe(false);
  });
});
