import { GraphqlResponseError } from '@octokit/graphql';
import { Octokit } from '@octokit/rest';
import { RequestError } from '@octokit/request-error';
import { expect } from 'vitest';
import { startFakeGitHub, type FakeGitHub, type FakeOptions } from '../../support/github/fake-github.ts';

export const at = { owner: 'acme', repo: 'shop' } as const;

const quiet = (): void => undefined;
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** A fake GitHub with the repository acme/shop, and GitHub's own client to speak to it. */
export interface OpenShop {
  readonly fake: FakeGitHub;
  readonly client: (token?: string) => Octokit;
  /** As the job that publishes. */
  readonly job: Octokit;
  /** A branch with one commit of a person. */
  readonly branch: (name: string, path?: string) => string;
}

export async function openFakeShop(options: FakeOptions = {}): Promise<OpenShop> {
  const fake = await startFakeGitHub(options);
  const client = (token = fake.workflowToken()): Octokit =>
    new Octokit({ baseUrl: fake.apiUrl, auth: token, log: silent });
  return {
    fake,
    client,
    job: client(),
    branch: (name, path = `${name}.txt`) => fake.repository().push(name, { files: { [path]: `${name}\n` } }),
  };
}

/** Throws where a request or an answer was not as GitHub's own description has it, but for those that are expected. */
export function refuseViolations({ violations }: FakeGitHub, expected: readonly unknown[] = []): void {
  expect(violations, 'against the contract').toEqual(expected);
}

/** How a request was refused, as `status message`, with the messages about single fields after it. */
export async function refusedWith(request: Promise<unknown>): Promise<string> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const body = (error.response?.data ?? {}) as {
      message?: string;
      errors?: { message?: string; field?: string; code?: string }[];
    };
    const fields = (body.errors ?? []).map((each) => each.message ?? `${each.field ?? ''} ${each.code ?? ''}`);
    return [`${error.status} ${body.message ?? ''}`, ...fields].join(' · ');
  }
  return 'accepted';
}

/** Type and message of every error of an answer. */
export async function errorsOf(request: Promise<unknown>): Promise<readonly string[]> {
  try {
    await request;
    return [];
  } catch (error) {
    if (!(error instanceof GraphqlResponseError)) throw error;
    return (error.errors ?? []).map((each) => `${each.type ?? ''} ${each.message}`);
  }
}
