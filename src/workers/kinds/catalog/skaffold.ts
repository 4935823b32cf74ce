import { posix } from 'node:path';
import { fieldsOf, listOf, textOf, valueAt } from '../../../checks/kubernetes/fields.ts';
import type { UnreadFile } from '../../../checks/kubernetes/objects.ts';
import type { Workspace, WorkspaceFile } from '../../../checks/workspace.ts';
import { readYamlFile } from './yaml-file.ts';

/** An image that skaffold builds from a folder of the repository. */
export interface SkaffoldArtifact {
  /** As manifests name it. */
  readonly image: string;
  /** Folder, relative to the repository's root. */
  readonly context: string;
  readonly path: string;
}

/** Build artifacts of every skaffold file among `files`, in file order. */
export function readSkaffold(
  workspace: Workspace,
  files: readonly WorkspaceFile[],
): { readonly artifacts: readonly SkaffoldArtifact[]; readonly unread: readonly UnreadFile[] } {
  const paths = files.map(({ path }) => path).filter((path) => /(?:^|\/)skaffold[\w.-]{0,60}\.ya?ml$/.test(path));
  const read = paths.map((path) => ({ path, ...readYamlFile(workspace, path) }));
  return {
    artifacts: read.flatMap(({ path, documents }) => documents.flatMap(({ value }) => artifactsOf(value, path))),
    unread: read.flatMap(({ unread }) => unread),
  };
}

function artifactsOf(config: unknown, path: string): readonly SkaffoldArtifact[] {
  if (!textOf(fieldsOf(config)['apiVersion'])?.startsWith('skaffold/')) return [];
  return listOf(valueAt(config, 'build', 'artifacts')).flatMap((artifact) => {
    const image = textOf(fieldsOf(artifact)['image']);
    const context = posix.join(posix.dirname(path), textOf(fieldsOf(artifact)['context']) ?? '.');
    return image === undefined || context.startsWith('..')
      ? []
      : [{ image, context: context.replace(/\/$/, ''), path }];
  });
}
