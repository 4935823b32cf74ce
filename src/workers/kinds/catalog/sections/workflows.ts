import { fieldsOf, isFields, textOf, textsOf } from '../../../../checks/kubernetes/fields.ts';
import { sortedSet } from '../../../../shared/canonical.ts';
import { nameAt, newAsset } from '../assets.ts';
import type { CatalogSource, SectionYield } from '../source.ts';
import { readYamlFile } from '../yaml-file.ts';

/** GitHub Actions workflows: name, triggers and jobs. */
export function readWorkflows(source: CatalogSource): SectionYield {
  const paths = source.files.map(({ path }) => path).filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path));
  const read = paths.map((path) => readWorkflow(source, path));
  return { assets: read.flatMap(({ assets }) => assets), unread: read.flatMap(({ unread }) => unread ?? []) };
}

function readWorkflow(source: CatalogSource, path: string): SectionYield {
  const { documents, unread } = readYamlFile(source.workspace, path);
  const workflow = fieldsOf(documents[0]?.value);
  if (unread.length > 0) return { assets: [], unread };
  if (!isFields(workflow['jobs'])) return { assets: [], unread: [{ path, reason: 'a workflow without jobs' }] };
  const asset = newAsset({
    kind: 'Workflow',
    namespace: source.repository.namespace,
    name: nameAt(source.repository, path),
    locator: path,
    spec: {
      title: textOf(workflow['name']),
      triggers: triggersOf(workflow['on']),
      jobs: sortedSet(Object.keys(workflow['jobs'])),
    },
  });
  return { assets: [asset] };
}

/** `on` is one event, a list of events or a mapping by event. */
function triggersOf(on: unknown): string[] {
  if (typeof on === 'string') return [on];
  return sortedSet(isFields(on) ? Object.keys(on) : textsOf(on));
}
