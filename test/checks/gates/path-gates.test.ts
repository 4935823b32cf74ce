import { describe, expect, it } from 'vitest';
import { createPatch } from '../../../src/shared/unified-diff.ts';
import { added, edit, failing } from '../../support/gate-world.ts';

describe('safe-paths', () => {
  it.each([
    '../out.txt',
    '/etc/passwd',
    'src//a.txt',
    'src/./b.txt',
    'C:/b.txt',
    'src\\b.txt',
    'src/b\nc.txt',
    'src/b\u202Ec.txt',
    'src/b.txt ',
    'src/b.',
    'GIT~1/config',
    'src/other.txt/below',
    'src/A.txt',
  ])('fails %j', (newPath) => {
    expect(failing(added(newPath))).toHaveProperty('safe-paths');
  });
});

describe('protected-paths', () => {
  it.each([
    '.git/hooks/pre-commit',
    '.gitmodules',
    'sub/.gitattributes',
    'CODEOWNERS',
    '.github/CODEOWNERS',
    'LICENSE',
    'LICENSE.md',
    'package-lock.json',
    'app/go.sum',
    'CLAUDE.md',
    'docs/AGENTS.md',
    'agents.MD',
    '.claude/settings.json',
    '.github/copilot-instructions.md',
    '.cursor/rules/a.mdc',
    '.mcp.json',
    '.vscode/tasks.json',
    '.npmrc',
    '.github/actions/a/action.yml',
    '.cortexignore',
    'coordination/current-execution.json',
  ])('fails %s, even where all is allowed', (newPath) => {
    expect(failing(added(newPath))).toHaveProperty('protected-paths');
  });

  it.each(['src/licensing.ts', 'docs/agents/overview.md', 'src/claude.ts', 'git/config.ts'])('passes %s', (newPath) => {
    expect(failing(added(newPath))).toEqual({});
  });

  it('opens workflows to fix-workflows and to nobody else', () => {
    const workflow = added('.github/workflows/new.yaml');
    expect(failing(workflow)).toEqual({});
    const byOther = failing({ ...workflow, change: { capability: 'implement' }, world: { capability: 'implement' } });
    expect(Object.keys(byOther)).toEqual(['protected-paths']);
  });

  it('sees a path that the list of files hides', () => {
    const patch = createPatch([edit, { path: '.npmrc', before: null, after: 'x\n' }]);
    const failed = failing({ change: { patch } });
    expect(failed['protected-paths']).toBe('.npmrc configures a package manager');
    expect(failed['files-match-patch']).toBe('.npmrc is not listed as it is patched');
  });
});

describe('allowed-paths', () => {
  it('fails a path that is not on the allow list', () => {
    expect(failing({ policy: { allow: ['docs/**'] } })).toEqual({
      'allowed-paths': 'src/a.txt is not on the allow list',
    });
  });

  it('fails a path that is on the deny list, though it is allowed too', () => {
    expect(failing({ policy: { deny: ['src/**'] } })).toEqual({ 'allowed-paths': 'src/a.txt is on the deny list' });
  });
});
