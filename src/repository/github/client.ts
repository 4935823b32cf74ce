import type { z } from 'zod';
import { outside } from '../../shared/errors.ts';
import { answerError, isUnsure, type Answer } from './answer.ts';
import type { GitHubLimits } from './limits.ts';
import type { GraphqlError, Transport } from './transport.ts';

/** What the verbs of the door share: a line to the server, and the repository that they speak of. */
export interface Client extends Transport {
  /** Owner and name, as paths and queries take them. */
  readonly place: { readonly owner: string; readonly repo: string };
  readonly limits: GitHubLimits;
  readonly pause: (ms: number) => Promise<void>;
}

export interface Question<S extends z.ZodType> {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly schema: S;
  /** Errors that are an answer too; by default none is. */
  readonly tolerates?: (error: GraphqlError) => boolean;
}

const statuses: Readonly<Record<string, number>> = { NOT_FOUND: 404, FORBIDDEN: 403, INSUFFICIENT_SCOPES: 403 };

/** Asks by GraphQL. Throws what an error says, and `github-answer`. */
export async function ask<S extends z.ZodType>(client: Client, question: Question<S>): Promise<z.output<S>> {
  const { query, variables, schema, tolerates = () => false } = question;
  const { data, errors } = await client.graphql(query, variables);
  const refused = errors.find((error) => !tolerates(error));
  if (refused) throw answerError(answerTo(refused));
  return parseAnswer(schema, data);
}

/** Throws `github-answer` where the answer has another shape. */
export function parseAnswer<S extends z.ZodType>(schema: S, data: unknown): z.output<S> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw outside('github-answer', `GitHub answered a query with ${issue?.message} at ${issue?.path.join('.')}`, {
    hint: 'The server may be too old for Cortex, or in trouble: run `cortex doctor`, and again later.',
    retryable: true,
  });
}

function answerTo({ type = '', message, path = [] }: GraphqlError): Answer {
  const wanted = Object.entries(permissions).find(([, fields]) => path.some((each) => fields.test(String(each))))?.[0];
  const headers = wanted === undefined ? {} : { 'x-accepted-github-permissions': wanted };
  return { status: statuses[type] ?? 422, route: `a query (${path.join('.')})`, message, headers };
}

/** The permission that a part of a query needs, by the name that the part has in it; REST says it in a header. */
const permissions: Readonly<Record<string, RegExp>> = {
  'issues=read': /^issues?$/,
  'pull_requests=read': /^(?:pulls\d+|merged|associatedPullRequests)$/,
  'contents=read': /^(?:refs|base|results|defaultBranchRef|owners\d+|at\d+)$/,
  'contents=write': /^updateRefs$/,
  'pull_requests=write': /^(?:addLabelsToLabelable|requestReviews)$/,
};

/**
 * Sends a write that must not take effect twice. Where no good answer came, `find` looks whether it took effect, after a pause:
 * what it finds is the answer; undefined = it did not, and is sent again.
 */
export async function sendOnce<T>(
  client: Client,
  { send, find }: { readonly send: () => Promise<T>; readonly find: () => Promise<T | undefined> },
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      if (!isUnsure(error) || tries >= client.limits.tries) throw error;
      await client.pause(client.limits.firstWaitMs * 2 ** (tries - 1));
      const found = await find();
      if (found !== undefined) return found;
    }
  }
}

/** The list in pieces of at most `size`. */
export function pieces<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
