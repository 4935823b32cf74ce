import { posix } from 'node:path';
import { fieldsOf, isFields, listOf, textOf, textsOf } from '../../../../checks/kubernetes/fields.ts';
import { isKustomizationPath } from '../../../../checks/kubernetes/kustomize.ts';
import type { KubernetesObject } from '../../../../checks/kubernetes/objects.ts';
import { readText } from '../../../../checks/workspace.ts';
import type { Asset } from '../../../../protocol/asset.ts';
import { sortedSet } from '../../../../shared/canonical.ts';
import { nameAt, newAsset, objectAsset } from '../assets.ts';
import { readHclBlocks, stringAttribute, type HclBlock } from '../hcl-blocks.ts';
import type { CatalogSource, SectionYield } from '../source.ts';
import { readYamlFile } from '../yaml-file.ts';

const maxTerraformBytes = 1024 * 1024;

/** Terraform modules and resources, Helm charts and releases, kustomizations. */
export function readInfrastructure(source: CatalogSource): SectionYield {
  const read = source.files.flatMap(({ path, size }) => {
    if (path.endsWith('.tf'))
      return size > maxTerraformBytes ? unreadable(path, 'larger than 1 MiB') : readTerraform(source, path);
    if (path.endsWith('.tf.json')) return unreadable(path, 'Terraform in JSON syntax');
    if (isKustomizationPath(path)) return readKustomization(source, path);
    return posix.basename(path) === 'Chart.yaml' ? readChart(source, path) : [];
  });
  const releases = source.kubernetes.objects.filter(isInfrastructureObject).map(releaseAsset);
  return {
    assets: [...read.flatMap(({ assets }) => assets), ...releases],
    unread: read.flatMap(({ unread }) => unread ?? []),
  };
}

/** Objects that install a Helm chart: of K3s' controller and of Flux. */
export function isInfrastructureObject({ group, kind }: KubernetesObject): boolean {
  return (
    (group === 'helm.cattle.io' && kind === 'HelmChart') ||
    (group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease')
  );
}

function releaseAsset(object: KubernetesObject): Asset {
  const spec = fieldsOf(object.body['spec']);
  // Flux nests the chart; K3s names it.
  const chart = fieldsOf(fieldsOf(spec['chart'])['spec']);
  return objectAsset(object, {
    kind: 'HelmRelease',
    spec: {
      chart: textOf(spec['chart']) ?? textOf(chart['chart']),
      version: textOf(spec['version']) ?? textOf(chart['version']),
    },
  });
}

function readTerraform(source: CatalogSource, path: string): SectionYield {
  const text = readText(source.workspace, path);
  if (text === undefined) return unreadable(path, 'not UTF-8 text');
  const { blocks, problem } = readHclBlocks(text);
  return {
    assets: blocks.flatMap((block) => terraformAsset(source, { block, path })),
    unread: problem ? [{ path, reason: `line ${problem.line}: ${problem.reason}` }] : [],
  };
}

function terraformAsset(source: CatalogSource, { block, path }: { block: HclBlock; path: string }): readonly Asset[] {
  const [first, second] = block.labels;
  const place = { namespace: source.repository.namespace, locator: `${path}#L${block.line}` };
  const nameOf = (address: string): string => nameAt(source.repository, posix.join(posix.dirname(path), address));
  if (block.type === 'module' && first) {
    const spec = { source: stringAttribute(block, 'source'), version: stringAttribute(block, 'version') };
    return [newAsset({ kind: 'TerraformModule', ...place, name: nameOf(`module.${first}`), spec })];
  }
  if (block.type !== 'resource' || !first || !second) return [];
  return [newAsset({ kind: 'TerraformResource', ...place, name: nameOf(`${first}.${second}`), spec: { type: first } })];
}

function readChart(source: CatalogSource, path: string): SectionYield {
  const { documents, unread } = readYamlFile(source.workspace, path);
  const chart = fieldsOf(documents[0]?.value);
  if (unread.length > 0) return { assets: [], unread };
  const title = textOf(chart['name'], 250);
  if (title === undefined) return unreadable(path, 'a chart without a name');
  const dependencies = listOf(chart['dependencies']).flatMap(
    (dependency) => textOf(fieldsOf(dependency)['name']) ?? [],
  );
  const spec = {
    title,
    type: textOf(chart['type']),
    version: textOf(chart['version']),
    appVersion: textOf(chart['appVersion']),
    dependencies: sortedSet(dependencies),
  };
  return { assets: [folderAsset(source, { kind: 'HelmChart', path, spec })] };
}

function readKustomization(source: CatalogSource, path: string): SectionYield {
  const { documents, unread } = readYamlFile(source.workspace, path);
  const kustomization = documents[0]?.value;
  if (unread.length > 0) return { assets: [], unread };
  if (!isFields(kustomization)) return unreadable(path, 'a kustomization that is no mapping');
  const spec = {
    type: textOf(kustomization['kind']) ?? 'Kustomization',
    targetNamespace: textOf(kustomization['namespace']),
    resources: sortedSet(textsOf(kustomization['resources'])),
    components: sortedSet(textsOf(kustomization['components'])),
  };
  return { assets: [folderAsset(source, { kind: 'Kustomization', path, spec })] };
}

/** A thing that is its folder: the file inside has a fixed name. */
function folderAsset(
  source: CatalogSource,
  {
    kind,
    path,
    spec,
  }: { kind: 'HelmChart' | 'Kustomization'; path: string; spec: Parameters<typeof newAsset>[0]['spec'] & object },
): Asset {
  const name = nameAt(source.repository, posix.dirname(path));
  return newAsset({ kind, namespace: source.repository.namespace, name, locator: path, spec });
}

function unreadable(path: string, reason: string): SectionYield {
  return { assets: [], unread: [{ path, reason }] };
}
