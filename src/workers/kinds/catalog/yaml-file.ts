import type { UnreadFile } from '../../../checks/kubernetes/objects.ts';
import { readYamlDocuments, type YamlDocument } from '../../../checks/kubernetes/yaml-documents.ts';
import { readText, type Workspace } from '../../../checks/workspace.ts';

export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly unread: readonly UnreadFile[];
}

/** Documents of one YAML or JSON file; bytes that are no text and broken documents come back as unread. */
export function readYamlFile(workspace: Workspace, path: string): YamlFile {
  const text = readText(workspace, path);
  if (text === undefined) return { documents: [], unread: [{ path, reason: 'not UTF-8 text' }] };
  const { documents, problems } = readYamlDocuments(text);
  return { documents, unread: problems.map(({ line, reason }) => ({ path, reason: `line ${line}: ${reason}` })) };
}
