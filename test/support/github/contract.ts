import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
}

interface Operation {
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, Json>>;
}

interface Description extends Json {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, Json>>;
  };
}

export interface Sent {
  readonly method: string;
  /** As the description writes it, such as `/repos/{owner}/{repo}`. */
  readonly template: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** GitHub's own description of its REST API, as far as it is offered here; what breaks it is said in words. */
export interface Contract {
  readonly templates: readonly { readonly method: string; readonly template: string }[];
  readonly ofRequest: (sent: Sent) => readonly string[];
  readonly ofResponse: (sent: Sent, answered: Answered) => readonly string[];
}

const fixture = join(import.meta.dirname, '..', '..', 'fixtures', 'github', 'rest-contract.json');

/** Refusals that GitHub gives everywhere, described or not. */
const everywhere = new Set([401, 403, 404, 409, 413, 422, 429, 500, 502, 503]);

let loaded: Contract | undefined;

export function restContract(): Contract {
  loaded ??= readContract();
  return loaded;
}

function readContract(): Contract {
  const description = forAjv(JSON.parse(readFileSync(fixture, 'utf8'))) as Description;
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
  addFormats.default(ajv);
  ajv.addFormat('repo.nwo', true);
  ajv.addSchema(description, 'github');
  const compiled = new Map<string, ValidateFunction>();
  const validator = (...place: readonly string[]): ValidateFunction => {
    const key = `github#/${place.map(escaped).join('/')}`;
    const known = compiled.get(key) ?? ajv.compile({ $ref: key });
    compiled.set(key, known);
    return known;
  };
  const broken = (validate: ValidateFunction, value: unknown): readonly string[] =>
    validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);

  const operationOf = ({ method, template }: Sent): Operation | undefined =>
    description.paths[template]?.[method.toLowerCase()];
  return {
    templates: Object.entries(description.paths).flatMap(([template, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), template })),
    ),
    ofRequest: (sent) => {
      const operation = operationOf(sent);
      if (!operation) return [`${sent.method} ${sent.template} is not in the description`];
      const parameters = (operation.parameters ?? []).map((each) => parameterOf(description, each));
      const names = new Set(parameters.filter((each) => each.in === 'query').map(({ name }) => name));
      const strays = [...sent.query.keys()]
        .filter((name) => !names.has(name))
        .map((name) => `there is no parameter ${name}`);
      if (!operation.requestBody?.content?.['application/json']) {
        return sent.body === undefined || isEmpty(sent.body) ? strays : [...strays, 'there is no body'];
      }
      const place = [
        'paths',
        sent.template,
        sent.method.toLowerCase(),
        'requestBody',
        'content',
        'application/json',
        'schema',
      ];
      const schema = (operation.requestBody.content['application/json'] as { readonly schema: unknown }).schema;
      const value = sent.body ?? {};
      return [...strays, ...strayKeys(description, schema, value), ...broken(validator(...place), value)];
    },
    ofResponse: (sent, { status, body }) => {
      const response = operationOf(sent)?.responses[String(status)];
      if (!response) return everywhere.has(status) ? [] : [`an answer ${status} is not described`];
      const reference = response['$ref'];
      const place =
        typeof reference === 'string'
          ? reference.slice(2).split('/')
          : ['paths', sent.template, sent.method.toLowerCase(), 'responses', String(status)];
      const found = (typeof reference === 'string' ? description.components.responses[place[2] ?? ''] : response) as {
        readonly content?: Json;
      };
      // A refusal without a described body has one all the same: the usual message.
      if (!found.content) return isEmpty(body) || status >= 400 ? [] : [`an answer ${status} has no body`];
      if (!found.content['application/json']) return [];
      return broken(validator(...place, 'content', 'application/json', 'schema'), body);
    },
  };
}

function parameterOf(description: Description, parameter: Parameter | { readonly $ref: string }): Parameter {
  if (!('$ref' in parameter)) return parameter;
  const found = description.components.parameters[parameter.$ref.split('/').at(-1) ?? ''];
  if (!found) throw new Error(`the description has no ${parameter.$ref}`);
  return found;
}

/** Keys of a body that no form of it knows: GitHub ignores them, and so a typing error would go unseen. */
function strayKeys(description: Description, schema: unknown, body: unknown): readonly string[] {
  const known = keysOf(description, schema);
  if (known.size === 0 || typeof body !== 'object' || body === null || Array.isArray(body)) return [];
  return Object.keys(body)
    .filter((key) => !known.has(key))
    .map((key) => `there is no field ${key}`);
}

function keysOf(description: Description, schema: unknown): ReadonlySet<string> {
  if (typeof schema !== 'object' || schema === null) return new Set();
  const { $ref, properties, additionalProperties, ...rest } = schema as Json;
  if (typeof $ref === 'string') {
    const target = $ref
      .split('#/')[1]
      ?.split('/')
      .reduce<unknown>((at, key) => (at as Json)[key], description);
    return keysOf(description, target);
  }
  if (additionalProperties === true) return new Set();
  const branches = ['oneOf', 'anyOf', 'allOf'].flatMap((key) =>
    Array.isArray(rest[key]) ? (rest[key] as unknown[]) : [],
  );
  return new Set([
    ...Object.keys((properties as Json | undefined) ?? {}),
    ...branches.flatMap((each) => [...keysOf(description, each)]),
  ]);
}

/** OpenAPI 3.0 as JSON Schema: `nullable` becomes a type. Forms of GitHub's answers overlap: one of them has to fit, not just one. */
function forAjv(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(forAjv);
  if (typeof value !== 'object' || value === null) return value;
  const all = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key === 'oneOf' ? 'anyOf' : key, forAjv(each)]),
  ) as Json;
  if (all['nullable'] !== true) return all;
  const { nullable: _, ...rest } = all;
  return { anyOf: [{ type: 'null' }, rest] };
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function isEmpty(body: unknown): boolean {
  return (
    body === undefined || body === null || body === '' || (typeof body === 'object' && Object.keys(body).length === 0)
  );
}
