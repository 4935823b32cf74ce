import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeSchema, type Change } from '../../src/protocol/change.ts';
import { renderPullRequest, type PullRequestContext } from '../../src/report/pull-request.ts';
import { hostileText, livePartsOf, shapeOf } from '../support/hostile-text.ts';
import { artefacts, prints } from '../support/report-parts.ts';
import { executionId } from '../support/report.ts';

const context: PullRequestContext = {
  executionId,
  verdict: { verdict: 'proven', reason: 'the review approves' },
  evidenceFile: (sha256) => `${sha256}.json`,
};

function changeOf(overrides: Partial<Change> = {}): Change {
  return changeSchema.parse({
    fingerprint: prints.change,
    title: 'Give ci.yaml a time limit',
    capability: 'fix-workflows',
    engine: 'deterministic',
    baseCommit: 'd'.repeat(40),
    files: [
      {
        path: '.github/workflows/ci.yaml',
        mode: '100644',
        before: artefacts.before,
        after: artefacts.after,
        addedLines: 1,
        removedLines: 0,
      },
    ],
    patch: 'diff',
    proof: {
      tool: 'cortex-workflows',
      before: { findings: 2, evidence: artefacts.before },
      after: { findings: 1, evidence: artefacts.after },
      gone: [prints.timeout],
      introduced: [],
    },
    pullRequest: {
      branchSlug: 'workflows-ci',
      title: 'ci: add a time limit',
      body: '## Problem\n\nA job may run for six hours.',
    },
    ...overrides,
  });
}

describe('renderPullRequest', () => {
  const text = renderPullRequest(changeOf(), context);

  it('opens with its title and what its worker says', () => {
    expect(text.startsWith('# ci: add a time limit\n\n## Problem\n\nA job may run for six hours.\n')).toBe(true);
  });

  it('gives the findings before and after with hash and file of their artefacts', () => {
    expect(text).toContain(
      `| before | 2 | \`${artefacts.before}\` | \`coordination/archives/${executionId}/evidence/${artefacts.before}.json\` |`,
    );
    expect(text).toContain(`| after | 1 | \`${artefacts.after}\` |`);
  });

  it('gives verdict, reason and execution', () => {
    expect(text).toContain('✅ proven: the review approves.');
    expect(text).toContain(`in \`${executionId}\``);
  });

  it('says how to apply and undo it', () => {
    const patch = `coordination/archives/${executionId}/changes/workflows-ci-3ccccccccccc.patch`;
    expect(text).toContain(`git apply ${patch}\n`);
    expect(text).toContain(`git apply --reverse ${patch}\n`);
  });

  it('tells added, removed and edited files apart', () => {
    const [file] = changeOf().files;
    const files = file ? [{ ...file, path: 'new', before: null }, { ...file, path: 'old', after: null }, file] : [];
    const rows = renderPullRequest(changeOf({ files }), context).match(/\| (added|removed|edited) \|/g);
    expect(rows).toEqual(['| added |', '| removed |', '| edited |']);
  });

  it('keeps its own parts whatever title, body and reason hold', () => {
    const own = shapeOf(
      renderPullRequest(changeOf({ pullRequest: { branchSlug: 'x', title: 'x', body: '' } }), context),
    ).slice(1);
    fc.assert(
      fc.property(hostileText, (hostile) => {
        const change = changeOf({
          engine: hostile,
          pullRequest: { branchSlug: 'x', title: `x${hostile}`, body: hostile },
        });
        const written = renderPullRequest(change, { ...context, verdict: { verdict: 'rejected', reason: hostile } });
        expect(shapeOf(written).slice(-own.length)).toEqual(own);
        expect(livePartsOf(written)).toEqual({ html: 0, images: 0, links: [] });
      }),
      { numRuns: 200 },
    );
  });
});
