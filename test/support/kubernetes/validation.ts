import type { Job, KubeObject, Secret } from './objects.ts';
import type { Resource } from './resources.ts';
import { badRequest, invalid, type Cause } from './status.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const annotationBytes = 256 * 1024;
const dataBytes = 1024 * 1024;

/** Refuses with 400 or 422 what the API would not take. */
export function validate(resource: Resource, object: KubeObject): void {
  if (object.kind !== resource.kind) {
    throw badRequest(`no kind "${object.kind}" is registered for the collection ${resource.plural}`);
  }
  const causes = [
    ...nameProblems(object.metadata.name),
    ...labelProblems(object.metadata.labels, 'metadata.labels'),
    ...annotationProblems(object),
    ...sizeProblems(object),
    ...(object.kind === 'Job' ? jobProblems(object as Job) : []),
  ];
  const [first, ...rest] = causes;
  if (first) throw invalid(resource, object.metadata.name, [first, ...rest]);
}

function wrong(field: string, value: unknown, why: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${why}`, field };
}

function nameProblems(name: string): Cause[] {
  if (!name) {
    const message = 'Required value: name or generateName is required';
    return [{ reason: 'FieldValueRequired', message, field: 'metadata.name' }];
  }
  if (name.length > 253) return [wrong('metadata.name', name, 'must be no more than 253 bytes')];
  return subdomain.test(name) ? [] : [wrong('metadata.name', name, subdomainRule)];
}

function labelProblems(labels: Readonly<Record<string, string>> | undefined, field: string): Cause[] {
  return Object.values(labels ?? {}).flatMap((value) => {
    if (value.length > 63) return [wrong(field, value, 'must be no more than 63 bytes')];
    return labelValue.test(value) ? [] : [wrong(field, value, labelRule)];
  });
}

function annotationProblems({ metadata }: KubeObject): Cause[] {
  const size = Object.entries(metadata.annotations ?? {}).reduce(
    (sum, [key, value]) => sum + key.length + Buffer.byteLength(value),
    0,
  );
  const message = `Too long: may not be more than ${annotationBytes} bytes`;
  return size > annotationBytes ? [{ reason: 'FieldValueInvalid', message, field: 'metadata.annotations' }] : [];
}

/** A ConfigMap or Secret holds at most 1 MiB: its data as they are, not as base64. */
function sizeProblems(object: KubeObject): Cause[] {
  const { data = {}, binaryData = {} } = object as {
    data?: Record<string, string>;
    binaryData?: Record<string, string>;
  };
  const plain = object.kind === 'Secret' ? [] : Object.values(data);
  const encoded = [...Object.values(binaryData), ...(object.kind === 'Secret' ? Object.values(data) : [])];
  const size =
    plain.reduce((sum, text) => sum + Buffer.byteLength(text), 0) +
    encoded.reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
  const message = `Too long: may not be more than ${dataBytes} bytes`;
  return size > dataBytes ? [{ reason: 'FieldValueInvalid', message, field: 'data' }] : [];
}

function jobProblems({ metadata, spec }: Job): Cause[] {
  const template = spec.template;
  const causes = labelProblems(template.metadata?.labels, 'spec.template.labels');
  // The name of a Job becomes a label of its pods.
  if (metadata.name.length > 63) {
    causes.push(wrong('spec.template.labels', metadata.name, 'must be no more than 63 bytes'));
  }
  if (template.spec.containers.length === 0) {
    causes.push({
      reason: 'FieldValueRequired',
      message: 'Required value',
      field: 'spec.template.spec.containers',
    });
  }
  const policies = ['OnFailure', 'Never'];
  if (!policies.includes(template.spec.restartPolicy ?? '')) {
    causes.push({
      reason: 'FieldValueNotSupported',
      message: `Required value: valid values: "OnFailure", "Never"`,
      field: 'spec.template.spec.restartPolicy',
    });
  }
  return causes;
}

/** Refuses with 422 a change of what can't be changed. */
export function validateChange(resource: Resource, before: KubeObject, after: KubeObject): void {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const name = before.metadata.name;
  if (before.kind === 'Job' && !same((before as Job).spec.template, (after as Job).spec.template)) {
    throw invalid(resource, name, [wrong('spec.template', '…', 'field is immutable')]);
  }
  const frozen = before as Secret;
  const next = after as Secret;
  if (frozen.immutable === true && (!same(frozen.data, next.data) || next.immutable !== true)) {
    const message = 'Forbidden: field is immutable when `immutable` is set';
    throw invalid(resource, name, [{ reason: 'FieldValueForbidden', message, field: 'data' }]);
  }
}
