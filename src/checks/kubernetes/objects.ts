import { compareText } from '../../shared/canonical.ts';
import { readText, selectFiles, type Workspace } from '../workspace.ts';
import { fieldsOf, isFields, listOf, textFieldsOf, textOf, valueAt, type Fields } from './fields.ts';
import { kustomizePatchFiles } from './kustomize.ts';
import { groupOf, isObjectType } from './object-types.ts';
import { readYamlDocuments, type YamlDocument } from './yaml-documents.ts';

/** One object of the Kubernetes API as a file declares it. */
export interface KubernetesObject {
  readonly path: string;
  /** Position of its document in the file, from 0; documents that hold nothing don't count. */
  readonly document: number;
  /** JSON pointer inside the file: `/<document>`, or `/<document>/items/<n>` for a member of a List. */
  readonly pointer: string;
  /** From 1. */
  readonly line: number;
  readonly apiVersion: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** As written; undefined where the file leaves it open (then the applier decides) or the kind has none. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Empty for a Secret. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The whole object; of a Secret only the names of its values, each with null. */
  readonly body: Fields;
}

/** What should have been read as an object and could not. */
export interface UnreadFile {
  readonly path: string;
  readonly reason: string;
}

export interface KubernetesObjects {
  /** Sorted by path, then by place in the file. */
  readonly objects: readonly KubernetesObject[];
  readonly unread: readonly UnreadFile[];
  /** Partial objects that kustomize lays over others: read, but no objects of their own. */
  readonly patches: readonly string[];
}

interface Place {
  readonly path: string;
  readonly document: number;
  readonly pointer: string;
  readonly line: number;
}

type Outcome = { readonly object: KubernetesObject } | { readonly unread: UnreadFile } | { readonly patch: string };

const maxListDepth = 3;

/**
 * Every Kubernetes object in the YAML and JSON files that match the globs. Files of other formats (compose, workflows,
 * kustomizations, chart values, OpenAPI…) hold none and are passed over. Never throws: what looks like an object and
 * can't be read, a Helm template above all, is named in `unread`.
 */
export function readObjects(workspace: Workspace, paths: readonly string[]): KubernetesObjects {
  const patchFiles = kustomizePatchFiles(workspace);
  const files = selectFiles(workspace, paths).filter((file) => /\.(?:ya?ml|json)$/i.test(file.path));
  const outcomes = files.flatMap((file) => readObjectFile(workspace, file.path, patchFiles));
  return {
    objects: outcomes.flatMap((outcome) => ('object' in outcome ? [outcome.object] : [])),
    unread: outcomes.flatMap((outcome) => ('unread' in outcome ? [outcome.unread] : [])),
    patches: [...new Set(outcomes.flatMap((outcome) => ('patch' in outcome ? [outcome.patch] : [])))].sort(compareText),
  };
}

function readObjectFile(workspace: Workspace, path: string, patchFiles: ReadonlySet<string>): readonly Outcome[] {
  const text = readText(workspace, path);
  if (text === undefined) return [unread(path, 'not UTF-8 text')];
  if (!mayHoldObjects(text)) return [];
  if (patchFiles.has(path)) return [{ patch: path }];
  const templated = text.includes('{{');
  if (templated && isChartTemplate(workspace, path)) {
    return [unread(path, 'Helm template: its objects exist only once the chart is rendered')];
  }
  const stream = readYamlDocuments(text);
  const problems = stream.problems.map(({ line, reason }) =>
    unread(path, templated ? `template, not YAML as it stands (line ${line})` : `line ${line}: ${reason}`),
  );
  return [...stream.documents.flatMap((document) => readDocument(path, document)), ...problems];
}

/** Cheap, and saves parsing lock files and the like: an object names both. */
function mayHoldObjects(text: string): boolean {
  return /(?:^|[\s{,"'])apiVersion["']?\s{0,20}:/.test(text) && /(?:^|[\s{,"'])kind["']?\s{0,20}:/.test(text);
}

function isChartTemplate(workspace: Workspace, path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  return folders.some((folder, depth) => {
    const chart = [...folders.slice(0, depth), 'Chart.yaml'].join('/');
    return folder === 'templates' && workspace.readBytes(chart) !== undefined;
  });
}

function readDocument(path: string, document: YamlDocument): readonly Outcome[] {
  const place = { path, document: document.index, pointer: `/${document.index}`, line: document.line };
  return unfold(document, { value: document.value, place, keys: [] });
}

interface Found {
  readonly value: unknown;
  readonly place: Place;
  /** Keys from the document's root. */
  readonly keys: readonly (string | number)[];
}

/** A List is no object: its members are. A typed list (`DeploymentList`) lends its members apiVersion and kind. */
function unfold(document: YamlDocument, found: Found): readonly Outcome[] {
  const fields = fieldsOf(found.value);
  const kind = textOf(fields['kind']);
  if (!kind?.endsWith('List') || !Array.isArray(fields['items'])) return readObject(found);
  if (found.keys.length >= 2 * maxListDepth) return [unread(found.place.path, 'lists nested too deep')];
  const lent = kind === 'List' ? {} : { apiVersion: fields['apiVersion'], kind: kind.slice(0, -'List'.length) };
  return listOf(fields['items']).flatMap((item, position) => {
    const keys = [...found.keys, 'items', position];
    const pointer = `/${[found.place.document, ...keys].join('/')}`;
    const value = isFields(item) ? { ...lent, ...item } : item;
    return unfold(document, { value, keys, place: { ...found.place, pointer, line: document.lineAt(keys) } });
  });
}

function readObject({ value, place }: Found): readonly Outcome[] {
  const fields = fieldsOf(value);
  const apiVersion = textOf(fields['apiVersion']);
  const kind = textOf(fields['kind']);
  if (apiVersion === undefined || kind === undefined || !isObjectType(apiVersion, kind)) return [];
  if ('$patch' in fields) return [{ patch: place.path }];
  const metadata = fieldsOf(fields['metadata']);
  const group = groupOf(apiVersion);
  // Configuration files of programs (KubeletConfiguration…) look like objects but have no metadata at all.
  if (!('metadata' in fields) && group.includes('.')) return [];
  const name = metadata['name'];
  const namespace = metadata['namespace'] ?? undefined;
  if (!isName(name)) return [unread(place.path, `line ${place.line}: ${kind} ${complaint(name)}`)];
  if (namespace !== undefined && !isName(namespace)) {
    return [unread(place.path, `line ${place.line}: namespace of ${kind} ${name} ${complaint(namespace)}`)];
  }
  const labels = textFieldsOf(metadata['labels']);
  const isSecret = kind === 'Secret';
  // kubectl keeps a copy of what it applied, values and all, in an annotation.
  const annotations = isSecret ? {} : textFieldsOf(metadata['annotations']);
  const body = isSecret ? withoutValues(fields) : fields;
  return [{ object: { ...place, apiVersion, group, kind, namespace, name, labels, annotations, body } }];
}

/** Names differ by kind; the widest rule (RBAC allows `system:node`) is one path segment of at most 253 characters. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$/.test(value);
}

function complaint(name: unknown): string {
  if (name === undefined || name === null) return 'has no metadata.name';
  const written = typeof name === 'string' ? name : '';
  if (/[{}$]/.test(written) || typeof name === 'object') return 'is named by a template';
  return 'has a name that Kubernetes would not take';
}

function withoutValues(secret: Fields): Fields {
  const names = (key: string): Fields =>
    Object.fromEntries(Object.keys(fieldsOf(secret[key])).map((name) => [name, null]));
  const metadata = fieldsOf(secret['metadata']);
  const kept = { name: metadata['name'], namespace: metadata['namespace'], labels: metadata['labels'] };
  return {
    apiVersion: secret['apiVersion'],
    kind: secret['kind'],
    type: valueAt(secret, 'type'),
    metadata: kept,
    data: names('data'),
    stringData: names('stringData'),
  };
}

function unread(path: string, reason: string): Outcome {
  return { unread: { path, reason } };
}
