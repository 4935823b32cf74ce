import { memoryWorkspace, type Workspace } from '../../src/checks/workspace.ts';
import { documentationInputs } from '../../src/protocol/capabilities.ts';
import { findDrift } from '../../src/workers/kinds/documentation/drift.ts';
import { testWork } from './work-context.ts';

export type DriftFiles = Readonly<Record<string, string | Uint8Array>>;

export async function findIn(workspace: Workspace) {
  const inputs = documentationInputs.drift.parse({});
  const world = testWork({ kind: 'documentation-worker', capability: 'drift', inputs, workspace });
  const work = await findDrift(world.context);
  const values = Object.fromEntries((work.measurements ?? []).map(({ name, value }) => [name, value]));
  return { ...work, values, findings: work.findings ?? [] };
}

/** A small repository with one README, whose text is the difference. */
export async function drifts(readme: string, files: DriftFiles = {}) {
  const world = { 'src/app.ts': 'x', 'docs/guide.md': '# Guide\n\n## First steps\n', 'docs/logo.png': 'x', ...files };
  const { findings } = await findIn(memoryWorkspace({ ...world, 'README.md': readme }));
  return findings.map(({ ruleId, subject }) => `${ruleId.slice('drift/'.length)} ${subject}`);
}

/** A shell block of Markdown. */
export const sh = (...lines: readonly string[]) => `\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n`;
