import { readText, type Workspace } from '../../../checks/workspace.ts';
import { findingFingerprint, type Finding, type Location } from '../../../protocol/finding.ts';

const inventoryTool = { name: 'cortex-inventory', version: '1' } as const;

/** The table in the evidence names every module; more findings than this would only be noise. */
export const mostUntestedFindings = 50;

export function focusedFinding(workspace: Workspace, location: Location): Finding {
  const ruleId = 'inventory/focused-test';
  const snippet = readText(workspace, location.path)?.split('\n')[location.line - 1] ?? '';
  return {
    fingerprint: findingFingerprint(ruleId, location.path, snippet.slice(0, 500)),
    ruleId,
    tool: inventoryTool,
    severity: 'medium',
    confidence: 'high',
    subject: location.path,
    message: 'A focused test makes its runner leave out every other test of the file, and says nothing of it.',
    remedy: 'Remove the focus (`.only`, a leading `f`, `:focus`) before the change is merged.',
    location,
    basis: 'measured',
  };
}

export function untestedFinding(path: string): Finding {
  const ruleId = 'inventory/untested-module';
  return {
    fingerprint: findingFingerprint(ruleId, path, ''),
    ruleId,
    tool: inventoryTool,
    severity: 'info',
    confidence: 'medium',
    subject: path,
    message: `No test imports or names ${path}; a test that reaches it through another module is not seen here.`,
    remedy: 'Write a test for it, or measure coverage to see whether other tests reach it.',
    location: { path, line: 1 },
    basis: 'measured',
  };
}
