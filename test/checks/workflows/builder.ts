import { checkWorkflows, type WorkflowCheck } from '../../../src/checks/workflows/check-workflows.ts';
import { memoryWorkspace } from '../../../src/checks/workspace.ts';
import type { Finding } from '../../../src/protocol/finding.ts';

export const path = '.github/workflows/ci.yaml';
export const sha = 'a'.repeat(40);
export const digest = `sha256:${'b'.repeat(64)}`;

/** A workflow that no rule has anything to say about. */
export const soundWorkflow = `name: CI
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
concurrency:
  group: ci-\${{ github.ref }}
  cancel-in-progress: true
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@${sha} # v5
        with:
          persist-credentials: false
      - run: make test
`;

/** The sound workflow with one difference. */
export function soundBut(from: string, to: string): string {
  if (!soundWorkflow.includes(from)) throw new Error(`the sound workflow has no ${from}`);
  return soundWorkflow.replace(from, () => to);
}

export function check(text: string | Uint8Array, file: string = path): WorkflowCheck {
  return checkWorkflows(memoryWorkspace({ [file]: text }), ['**']);
}

/** `rule line:column subject-after-the-path` of every finding. */
export function seen(text: string): readonly string[] {
  return check(text).findings.map(describeFinding);
}

function describeFinding(finding: Finding): string {
  const place = `${finding.location?.line}:${finding.location?.column}`;
  return `${finding.ruleId.replace('workflows/', '')} ${place} ${finding.subject.slice(path.length)}`.trim();
}
