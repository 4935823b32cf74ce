import { describe, expect, it } from 'vitest';
import { createSilencer } from '../../src/checks/silence.ts';
import { checkWorkflows } from '../../src/checks/workflows/check-workflows.ts';
import { memoryWorkspace } from '../../src/checks/workspace.ts';
import { readWorkflowText, workflowFiles } from './our-workflows.ts';

const workspace = memoryWorkspace(Object.fromEntries(workflowFiles.map((file) => [file, readWorkflowText(file)])));
const { findings, files, unread } = checkWorkflows(workspace, ['**']);
const silencer = createSilencer(workspace);

describe('our own workflow rules on our own workflows', () => {
  it('read every one of them', () => {
    expect(files).toEqual(workflowFiles);
    expect(unread).toEqual([]);
  });

  it('find nothing that is neither mended nor silenced with a reason', () => {
    const open = findings.filter((finding) => !silencer.silence(finding));
    expect(open.map(({ ruleId, subject, message }) => `${ruleId} ${subject}: ${message}`)).toEqual([]);
    expect(silencer.problems).toEqual([]);
  });

  it('are silenced only where they find something', () => {
    const comments = workflowFiles.flatMap((file) =>
      readWorkflowText(file)
        .split('\n')
        .flatMap((line, index) => (line.includes('cortex-ignore:') ? [`${file}:${index + 1}`] : [])),
    );
    expect([...new Set(findings.flatMap((finding) => silencer.silence(finding)?.by ?? []))].sort()).toEqual(comments);
  });
});
