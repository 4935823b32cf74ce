import { describe, expect, it } from 'vitest';
import { matchesSilenceGlob } from '../../src/checks/silence-glob.ts';
import { createSilencer } from '../../src/checks/silence.ts';
import { memoryWorkspace } from '../../src/checks/workspace.ts';
import type { Finding } from '../../src/protocol/finding.ts';

const finding: Finding = {
  fingerprint: 'a'.repeat(64),
  ruleId: 'workflows/no-timeout',
  tool: { name: 'test', version: '1' },
  severity: 'medium',
  confidence: 'high',
  subject: '.github/workflows/ci.yaml#jobs.build',
  message: 'No time limit',
  remedy: 'Give one',
  location: { path: '.github/workflows/ci.yaml', line: 3 },
  basis: 'measured',
};

function silencer(files: Readonly<Record<string, string>>): ReturnType<typeof createSilencer> {
  return createSilencer(memoryWorkspace(files));
}

describe('.cortexignore', () => {
  it.each([
    'workflows/no-timeout .github/workflows/ci.yaml  # waits for a person',
    'workflows/* .github/**  # waits for a person',
    '** **\t#waits for a person',
    'workflows/no-* .github/  #   waits for a person\r',
  ])('silences what an entry matches: %j', (entry) => {
    const { silence, problems } = silencer({ '.cortexignore': `# our exceptions\n\n${entry}\n` });
    expect(silence(finding)).toEqual({ reason: 'waits for a person', by: '.cortexignore:3' });
    expect(problems).toEqual([]);
  });

  it.each([
    'workflows/unpinned-uses ** # reason',
    '* ** # reason',
    'workflows/* *.yaml # reason',
    'workflows/* .github # reason',
  ])('leaves alone what an entry does not match: %j', (entry) => {
    expect(silencer({ '.cortexignore': entry }).silence(finding)).toBeUndefined();
  });

  it.each([
    ['has no reason', 'workflows/* **', 'no reason'],
    ['has an empty reason', 'workflows/* **  #  ', 'no reason'],
    ['has no path', 'workflows/*  # reason', 'not a rule glob and a path glob'],
    ['has a word too many', 'workflows/* a b  # reason', 'not a rule glob and a path glob'],
    ['is endless', `workflows/* **  # ${'a'.repeat(500)}`, 'longer than 500'],
  ])('names an entry that %s, and does not follow it', (_what, entry, message) => {
    const { silence, problems } = silencer({ '.cortexignore': `\n${entry}` });
    expect(silence(finding)).toBeUndefined();
    expect(problems).toEqual([
      {
        path: '.cortexignore',
        line: 2,
        message: expect.stringContaining(message) as string,
        hint: expect.stringContaining('reason') as string,
      },
    ]);
  });

  it('takes the path of a finding without a location from its subject', () => {
    const { location: _location, ...unlocated } = finding;
    const { silence } = silencer({ '.cortexignore': 'workflows/* .github/workflows/ci.yaml # reason' });
    expect(silence(unlocated)).toEqual({ reason: 'reason', by: '.cortexignore:1' });
  });
});

describe('cortex-ignore in a file', () => {
  const file = (lines: readonly string[]): Record<string, string> => ({
    '.github/workflows/ci.yaml': lines.join('\n'),
  });

  it.each([
    ['on the line above', ['', '# cortex-ignore: workflows/no-timeout runs for days', 'x'], 2],
    ['on the line itself', ['', '', 'x  # cortex-ignore: workflows/no-timeout runs for days'], 3],
    ['in a comment of C', ['', '', 'x  /* cortex-ignore: workflows/no-timeout runs for days */'], 3],
    ['in a comment of HTML', ['', '', '<!-- cortex-ignore: workflows/no-timeout runs for days -->'], 3],
    ['for all rules of a tool', ['', '', '// cortex-ignore: workflows/* runs for days\r'], 3],
  ])('silences %s', (_where, lines, line) => {
    const { silence } = silencer(file(lines));
    expect(silence(finding)).toEqual({ reason: 'runs for days', by: `.github/workflows/ci.yaml:${line}` });
  });

  it.each([
    ['two lines above', ['# cortex-ignore: workflows/no-timeout runs for days', '', 'x']],
    ['below', ['', '', 'x', '# cortex-ignore: workflows/no-timeout runs for days']],
    ['for another rule', ['', '', 'x  # cortex-ignore: workflows/unpinned-uses runs for days']],
    ['for no rule', ['', '', 'x  # cortex-ignore:']],
  ])('does not silence %s', (_where, lines) => {
    expect(silencer(file(lines)).silence(finding)).toBeUndefined();
  });

  it('names a comment without a reason once, and does not follow it', () => {
    const { silence, problems } = silencer(file(['', '', 'x  /* cortex-ignore: workflows/no-timeout */']));
    expect(silence(finding)).toBeUndefined();
    expect(silence(finding)).toBeUndefined();
    expect(problems).toMatchObject([{ path: '.github/workflows/ci.yaml', line: 3 }]);
  });
});

describe('matchesSilenceGlob', () => {
  it.each([
    ['**', 'a', true],
    ['**', 'a/b/c', true],
    ['**/c', 'c', true],
    ['**/c', 'a/b/c', true],
    ['a/**/c', 'a/c', true],
    ['a/**', 'a/b/c', true],
    ['a/', 'a/b/c', true],
    ['a/*.ts', 'a/b.ts', true],
    ['a?b', 'a b', true],
    ['*.ts', 'a/b.ts', false],
    ['a/*', 'a/b/c', false],
    ['a', 'a/b', false],
    ['a.ts', 'abts', false],
    ['', 'a', false],
  ])('%j and %j: %s', (pattern, path, expected) => {
    expect(matchesSilenceGlob(pattern, path)).toBe(expected);
  });

  it('does not slow down on patterns made to backtrack', () => {
    const started = performance.now();
    expect(matchesSilenceGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(5000))).toBe(false);
    expect(matchesSilenceGlob(`${'**/a/'.repeat(100)}b`, 'a/'.repeat(2500))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
