import { posix } from 'node:path';
import { readText, type Workspace } from '../workspace.ts';
import { fieldsOf, isFields, listOf, textOf, textsOf, type Fields } from './fields.ts';
import { readYamlDocuments } from './yaml-documents.ts';

/** True for the file names that kustomize looks for. */
export function isKustomizationPath(path: string): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path);
}

/** Paths of the files that the tree's kustomizations lay over other objects: their content is partial. */
export function kustomizePatchFiles(workspace: Workspace): ReadonlySet<string> {
  const kustomizations = workspace.files.filter((file) => file.mode !== '120000' && isKustomizationPath(file.path));
  return new Set(kustomizations.flatMap((file) => patchesOf(workspace, file.path)));
}

function patchesOf(workspace: Workspace, path: string): readonly string[] {
  const { documents } = readYamlDocuments(readText(workspace, path) ?? '');
  return documents
    .filter((document) => isFields(document.value))
    .flatMap((document) => namedPatches(fieldsOf(document.value)))
    .map((patch) => posix.join(posix.dirname(path), patch));
}

function namedPatches(kustomization: Fields): readonly string[] {
  const withPath = [...listOf(kustomization['patches']), ...listOf(kustomization['patchesJson6902'])];
  const named = withPath.flatMap((patch) => textOf(fieldsOf(patch)['path']) ?? []);
  // A member of patchesStrategicMerge is a file name or the patch itself, which then spans lines.
  return [...named, ...textsOf(kustomization['patchesStrategicMerge']).filter((patch) => !patch.includes('\n'))];
}
