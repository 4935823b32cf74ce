import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  execute,
  GraphQLError,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { Refusal, refusal as restRefusal } from '../refusals.ts';
import type { Answer, Json } from '../routes.ts';
import type { Kind as RequestKind } from '../log.ts';
import { countCost } from '../rates.ts';
import type { Token } from '../tokens.ts';
import type { World } from '../world.ts';
import type { Asker } from './asker.ts';
import { refusal } from './connection.ts';
import { costOf, mostNodes, sizeOf } from './cost.ts';
import { mutations } from './mutations.ts';
import { queries } from './queries.ts';
import { refNode, repositoryNode } from './repository-nodes.ts';

const fixture = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'github', 'schema.graphql');

let schema: GraphQLSchema | undefined;

export function githubSchema(): GraphQLSchema {
  schema ??= buildSchema(readFileSync(fixture, 'utf8'));
  return schema;
}

export function isGraphqlPath(path: string): boolean {
  return path === '/graphql';
}

export function kindOfDocument({ query }: Json): RequestKind {
  return typeof query === 'string' && /^\s*mutation\b/m.test(query) ? 'mutation' : 'query';
}

/** GraphQL by the subset of GitHub's schema; a document that the schema does not allow is the client's fault, and recorded. */
export async function runGraphql(
  { world, violations }: { readonly world: World; readonly violations: string[] },
  { token, body }: { readonly token: Token | undefined; readonly body: Json },
): Promise<Answer> {
  if (!token) return refused(restRefusal(401, 'This endpoint requires you to be authenticated.'));
  const { query, variables, operationName } = body;
  if (typeof query !== 'string')
    return refused(restRefusal(400, 'A query attribute must be specified and must be a string.'));
  const document = parsed(query);
  const wrong = document instanceof GraphQLError ? [document] : validate(githubSchema(), document);
  if (wrong.length > 0 || document instanceof GraphQLError) {
    violations.push(...wrong.map(({ message }) => `graphql: ${message}`));
    return { status: 200, body: { errors: wrong.map((error) => written(error)) } };
  }
  const values = (variables ?? {}) as Readonly<Record<string, unknown>>;
  const size = sizeOf(document, values);
  if (size.nodes > mostNodes) {
    const message = `This query requests up to ${size.nodes.toLocaleString('en')} possible nodes which exceeds the maximum limit of ${mostNodes.toLocaleString('en')}.`;
    return { status: 200, body: { errors: [written(refusal('MAX_NODE_LIMIT_EXCEEDED', message))] } };
  }
  const asker: Asker = {
    world,
    token,
    cost: { points: costOf(size), nodes: size.nodes },
    nodes: { repository: repositoryNode, ref: refNode },
  };
  countCost(world, token, asker.cost.points);
  const isMutation = document.definitions.some(
    (each) => each.kind === Kind.OPERATION_DEFINITION && each.operation === 'mutation',
  );
  const result = await execute({
    schema: githubSchema(),
    document,
    rootValue: isMutation ? mutations : queries,
    contextValue: asker,
    variableValues: values,
    operationName: typeof operationName === 'string' ? operationName : null,
  });
  for (const error of result.errors ?? []) if (isOwnFault(error)) violations.push(`graphql answer: ${error.message}`);
  const errors = result.errors?.map((error) => written(error));
  return { status: 200, body: { ...(errors ? { errors } : {}), data: result.data ?? null } };
}

/** Neither refused in words nor a wrong variable: a resolver failed, or gave what the schema does not allow. */
function isOwnFault({ originalError, extensions }: GraphQLError): boolean {
  return originalError !== undefined && !(originalError instanceof Refusal) && extensions['type'] === undefined;
}

/** GitHub writes the type beside the message. */
function written({ message, path, locations, extensions, originalError }: GraphQLError): Json {
  const type = extensions['type'] ?? (originalError instanceof Refusal ? typeOf(originalError) : undefined);
  return {
    ...(type === undefined ? {} : { type }),
    ...(path === undefined ? {} : { path }),
    ...(locations === undefined ? {} : { locations }),
    message: originalError instanceof Refusal ? messageOf(originalError) : message,
  };
}

function typeOf({ status }: Refusal): string {
  if (status === 403) return 'FORBIDDEN';
  return status === 404 ? 'NOT_FOUND' : 'UNPROCESSABLE';
}

function messageOf({ body }: Refusal): string {
  const [first] = Array.isArray(body['errors']) ? (body['errors'] as readonly Json[]) : [];
  return String(first?.['message'] ?? body['message']);
}

function parsed(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

function refused({ status, body }: Refusal): Answer {
  return { status, body };
}
