import { podTemplateOf } from '../../../../checks/kubernetes/pods.ts';
import type { KubernetesObject, UnreadFile } from '../../../../checks/kubernetes/objects.ts';
import type { Asset } from '../../../../protocol/asset.ts';
import { newAsset } from '../assets.ts';
import { identifyImage } from '../image-assets.ts';
import type { CatalogSource, SectionYield } from '../source.ts';

/** Container images by repository, with the tags and digests that manifests ask for. */
export function readImages(source: CatalogSource): SectionYield {
  const assets: Asset[] = [];
  const unread: UnreadFile[] = [];
  for (const { object, text } of imagesInManifests(source.kubernetes.objects)) {
    const image = identifyImage(source, text);
    if (image === undefined) {
      unread.push({
        path: object.path,
        reason: `line ${object.line}: ${object.kind} ${object.name} names no readable image`,
      });
      continue;
    }
    const { tag, digest } = image.reference;
    const spec = { tags: listed(tag), digests: listed(digest), builtFrom: image.builtFrom };
    const { namespace, name } = image;
    assets.push(newAsset({ kind: 'Image', namespace, name, locator: `${object.path}#${object.pointer}`, spec }));
  }
  return { assets, unread };
}

function imagesInManifests(
  objects: readonly KubernetesObject[],
): readonly { readonly object: KubernetesObject; readonly text: string }[] {
  return objects.flatMap((object) => {
    const containers = podTemplateOf(object)?.containers ?? [];
    return containers.flatMap(({ image }) => (image === undefined ? [] : [{ object, text: image }]));
  });
}

function listed(text: string | undefined): string[] {
  return text === undefined ? [] : [text];
}
