import type { KubeObject } from './objects.ts';
import { badRequest } from './status.ts';

export type Matcher = (object: KubeObject) => boolean;

/** `a=b,c!=d,e,!f,g in (h,i),j notin (k)`: all must hold. */
export function labelMatcher(selector: string): Matcher {
  const terms = splitTerms(selector).map(readLabelTerm);
  return ({ metadata }) => terms.every((holds) => holds(metadata.labels ?? {}));
}

function splitTerms(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter(Boolean);
}

function readLabelTerm(term: string): (labels: Readonly<Record<string, string>>) => boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(labels[key] ?? '\0') === (operator === 'in');
  }
  const [, key = '', sign, value = ''] = /^([^=!\s]+)\s*(==?|!=)\s*(\S*)$/.exec(term) ?? [];
  if (sign) return (labels) => (labels[key] === value) === (sign !== '!=');
  if (/^![^=!\s]+$/.test(term)) return (labels) => !(term.slice(1) in labels);
  if (/^[^=!\s]+$/.test(term)) return (labels) => term in labels;
  throw badRequest(`unable to parse requirement: found '${term}', expected: label selector`);
}

/** Fields that selectors may speak of; the API refuses any other. */
const fields = [
  'metadata.name',
  'metadata.namespace',
  'spec.nodeName',
  'spec.restartPolicy',
  'status.phase',
  'status.successful',
  'involvedObject.kind',
  'involvedObject.name',
  'involvedObject.namespace',
  'involvedObject.uid',
  'reason',
  'type',
  'source',
];

/** `spec.nodeName=agent-1,status.phase!=Running`: all must hold. */
export function fieldMatcher(selector: string): Matcher {
  const terms = splitTerms(selector).map((term) => {
    const [, field = '', sign = '', value = ''] = /^([^=!\s]+)(==?|!=)(.*)$/.exec(term) ?? [];
    if (!sign) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
    if (!fields.includes(field)) throw badRequest(`field label not supported: ${field}`);
    return (object: KubeObject): boolean => (readField(object, field) === value) === (sign !== '!=');
  });
  return (object) => terms.every((holds) => holds(object));
}

function readField(object: KubeObject, field: string): string {
  let value: unknown = object;
  for (const part of field.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
