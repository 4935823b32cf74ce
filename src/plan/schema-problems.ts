import { z } from 'zod';
import { didYouMean } from '../shared/nearest.ts';
import { mostProblems, showPath, showValue, type Path, type PathComplaint } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** A plan is read once: a compiled validator would cost more than it saves. */
const once = { jitless: true } as const;

/** Reads a value that will not be read again. */
export function readOnce<T>(schema: z.ZodType<T>, value: unknown): z.ZodSafeParseResult<T> {
  return schema.safeParse(value, once);
}

/** What the schema says against a value, as complaints that name the nearest known key or value. */
export function schemaComplaints(schema: z.ZodType, value: unknown, prefix: Path): readonly PathComplaint[] {
  const outcome = readOnce(schema, value);
  if (outcome.success) return [];
  return lastPerPath(outcome.error.issues.slice(0, 2 * mostProblems)).flatMap((issue) => {
    const inner = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    const found = valueAt(value, inner);
    if (issue.code !== 'unrecognized_keys') return [issueComplaint(issue, [...prefix, ...inner], found)];
    const known = keysOf(schemaAt(schema, inner));
    return issue.keys.slice(0, mostProblems + 1).map((key) => unknownKey([...prefix, ...inner, key], key, known));
  });
}

/** One value, one problem: a text that is too long and misspelt is misspelt. Later checks are the narrower ones. */
function lastPerPath(issues: readonly Issue[]): readonly Issue[] {
  const byPath = new Map<string, Issue>();
  for (const issue of issues) byPath.set(JSON.stringify([issue.path, issue.code === 'unrecognized_keys']), issue);
  return [...byPath.values()];
}

/** The value without the keys that the schema does not know: what the rules can still judge. */
export function withoutUnknownKeys(schema: z.ZodType, value: unknown): unknown {
  const copy = structuredClone(value);
  for (const issue of readOnce(schema, value).error?.issues ?? []) {
    if (issue.code !== 'unrecognized_keys') continue;
    const holder = valueAt(copy, issue.path);
    if (typeof holder !== 'object' || holder === null) continue;
    for (const key of issue.keys) Reflect.deleteProperty(holder, key);
  }
  return copy;
}

function unknownKey(path: Path, key: string, known: readonly string[]): PathComplaint {
  return {
    rule: 'unknown-key',
    path,
    atKey: true,
    message: `The key ${showValue(key)} is not known${inPath(path.slice(0, -1))}.${didYouMean(key, known)}`,
    expected: known.length === 0 ? 'no keys' : `one of ${known.join(', ')}`,
    found: showValue(key),
    remedy: 'Correct the key or delete it; an unknown key would silently do nothing.',
  };
}

function issueComplaint(issue: Issue, path: Path, found: unknown): PathComplaint {
  if (found === undefined && issue.code !== 'custom') return missingKey(issue, path);
  const known = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  const hint = typeof found === 'string' ? didYouMean(found, known) : '';
  return {
    rule: ruleOf(issue, path),
    path,
    message: `${showPath(path) || 'The plan'} can't be ${showValue(found)}.${hint}`,
    expected: expectation(issue),
    found: showValue(found),
    remedy: issue.code === 'invalid_value' ? 'Choose one of the known values.' : `Write ${expectation(issue)} here.`,
  };
}

function missingKey(issue: Issue, path: Path): PathComplaint {
  const key = path.at(-1) ?? 'plan';
  return {
    rule: 'missing-key',
    path,
    message: `The key ${showValue(key)} is missing${inPath(path.slice(0, -1))}`,
    expected: `${showValue(key)} with ${expectation(issue)}`,
    found: 'no such key',
    remedy: `Add ${showValue(key)} with ${expectation(issue)}.`,
  };
}

function ruleOf(issue: Issue, path: Path): string {
  const inTask = path.at(-3) === 'tasks';
  if (issue.code === 'invalid_value' && path.at(-1) === 'worker' && inTask) return 'unknown-worker';
  if (issue.code === 'invalid_value' && path.at(-1) === 'name' && path.at(-3) === 'masters') return 'unknown-master';
  if (issue.code === 'invalid_type') return 'wrong-type';
  if (issue.code === 'too_big' || issue.code === 'too_small') return 'out-of-range';
  return 'invalid-value';
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_value') {
    return issue.values.length === 1 ? showValue(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
  }
  if (issue.code === 'invalid_type') return typeNames[issue.expected] ?? `a value of type ${issue.expected}`;
  if (issue.code === 'too_big') return unitOf(issue.origin, 'at most', Number(issue.maximum));
  if (issue.code === 'too_small') {
    return unitOf(issue.origin, issue.inclusive === false ? 'more than' : 'at least', Number(issue.minimum));
  }
  return issue.message.replace(/^expected /, '');
}

function unitOf(origin: string, comparison: string, count: number): string {
  if (origin === 'string') return `text of ${comparison} ${count} characters`;
  if (origin === 'array') return `a list of ${comparison} ${count} entries`;
  return `${comparison} ${count}`;
}

function inPath(path: Path): string {
  return path.length === 0 ? '' : ` in ${showPath(path)}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((holder, part) => {
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, part)) return undefined;
    return (holder as Record<PropertyKey, unknown>)[part];
  }, value);
}

/** The schema of the value at a path, as far as objects, lists, records and defaults lead. */
function schemaAt(schema: unknown, path: Path): unknown {
  return path.reduce<unknown>((outer, part) => {
    const bare = unwrap(outer);
    if (bare instanceof z.ZodObject) return bare.shape[part];
    if (bare instanceof z.ZodArray) return bare.element;
    return bare instanceof z.ZodRecord ? bare.valueType : undefined;
  }, schema);
}

function keysOf(schema: unknown): readonly string[] {
  const bare = unwrap(schema);
  return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrap(schema.unwrap());
  }
  return schema;
}
