import { readObjects, type KubernetesObjects, type UnreadFile } from '../../../checks/kubernetes/objects.ts';
import { selectFiles, type Workspace, type WorkspaceFile } from '../../../checks/workspace.ts';
import type { CatalogSection } from '../../../protocol/capabilities.ts';
import type { Asset } from '../../../protocol/asset.ts';
import { repositoryOf, type RepositoryName } from './assets.ts';
import { readSkaffold, type SkaffoldArtifact } from './skaffold.ts';

/** What every section reads from; the costly parts are read once. */
export interface CatalogSource {
  readonly workspace: Workspace;
  /** The files that the inputs select, in path order. */
  readonly files: readonly WorkspaceFile[];
  readonly globs: readonly string[];
  readonly sections: readonly CatalogSection[];
  readonly repository: RepositoryName;
  readonly kubernetes: KubernetesObjects;
  /** Images that the repository itself builds, by the name that its manifests use. */
  readonly artifacts: ReadonlyMap<string, SkaffoldArtifact>;
}

export interface SectionYield {
  readonly assets: readonly Asset[];
  readonly unread?: readonly UnreadFile[];
}

/** Reads one section of the catalog out of a repository. */
export type ReadSection = (source: CatalogSource) => SectionYield;

/** Opens the parts that sections share; `unread` names what none of them could read. */
export function openSource(
  workspace: Workspace,
  inputs: { readonly paths: readonly string[]; readonly sections: readonly CatalogSection[] },
): { readonly source: CatalogSource; readonly unread: readonly UnreadFile[] } {
  const files = selectFiles(workspace, inputs.paths);
  const kubernetes = readObjects(workspace, inputs.paths);
  const skaffold = readSkaffold(workspace, files);
  const source: CatalogSource = {
    workspace,
    files,
    globs: inputs.paths,
    sections: inputs.sections,
    repository: repositoryOf(workspace.repository),
    kubernetes,
    artifacts: new Map(skaffold.artifacts.map((artifact) => [artifact.image, artifact])),
  };
  return { source, unread: [...kubernetes.unread, ...skaffold.unread] };
}
