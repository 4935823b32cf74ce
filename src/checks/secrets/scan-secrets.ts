import { sha256 } from '../../shared/canonical.ts';
import type { Finding } from '../../protocol/finding.ts';
import { isLockfile } from '../lockfiles.ts';
import { selectFiles, type Workspace, type WorkspaceFile } from '../workspace.ts';
import { secretFindings } from './secret-findings.ts';
import { assignedSecrets, knownSecrets } from './secrets-in-text.ts';

export interface SecretScan {
  /** At most one per secret and file, sorted by path and line. */
  readonly findings: readonly Finding[];
  /** Text files that were looked at, with the hash of what was read, sorted by path. */
  readonly scanned: readonly { readonly path: string; readonly sha256: string }[];
  /** Files that hold no text of the repository's own: binary, vendored or generated. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** Files that should have been looked at and could not. */
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}

const maxBytes = 1024 * 1024;
const vendoredFolder =
  /(?:^|\/)(?:node_modules|bower_components|vendor|third_party|\.venv|site-packages|\.yarn\/cache)\//;
const generatedFile = /(?:\.min\.(?:js|css|mjs)|\.(?:js|css|mjs)\.map)$/;

/**
 * Credentials in the text files that match the globs: known formats everywhere, values under telling names everywhere
 * but in lockfiles. No finding, and nothing else that is returned, holds a secret.
 */
export function scanSecrets(workspace: Workspace, paths: readonly string[]): SecretScan {
  const outcomes = selectFiles(workspace, paths).map((file) => ({ path: file.path, ...scanFile(workspace, file) }));
  return {
    findings: outcomes.flatMap((outcome) => outcome.findings ?? []),
    scanned: outcomes.flatMap(({ path, sha256 }) => (sha256 === undefined ? [] : [{ path, sha256 }])),
    skipped: outcomes.flatMap(({ path, skipped }) => (skipped === undefined ? [] : [{ path, reason: skipped }])),
    unread: outcomes.flatMap(({ path, unread }) => (unread === undefined ? [] : [{ path, reason: unread }])),
  };
}

interface FileOutcome {
  readonly findings?: readonly Finding[];
  readonly sha256?: string;
  readonly skipped?: string;
  readonly unread?: string;
}

function scanFile(workspace: Workspace, file: WorkspaceFile): FileOutcome {
  if (vendoredFolder.test(file.path)) return { skipped: 'vendored' };
  if (generatedFile.test(file.path)) return { skipped: 'minified or a source map' };
  const bytes = workspace.readBytes(file.path);
  if (bytes === undefined) return { unread: 'its content is not in the workspace' };
  if (bytes.subarray(0, 8192).includes(0)) return { skipped: 'binary' };
  if (bytes.length > maxBytes) return { unread: `larger than ${maxBytes} bytes` };
  // Not fatal: credentials are ASCII, and can be read in a file of another encoding too.
  const text = new TextDecoder('utf-8').decode(bytes);
  const assigned = isLockfile(file.path) ? [] : assignedSecrets(text, file.path);
  return { findings: secretFindings(file.path, text, [...knownSecrets(text), ...assigned]), sha256: sha256(bytes) };
}
