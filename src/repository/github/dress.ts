import { z } from 'zod';
import { ask, sendOnce, type Client } from './client.ts';
import { labelIds, type LabelBook } from './labels.ts';
import { numbered } from './look-query.ts';
import type { GraphqlError } from './transport.ts';

export interface DressOrder {
  readonly number: number;
  readonly nodeId: string;
  readonly labels: readonly string[];
  /** Logins. */
  readonly reviewers: readonly string[];
  /** `org/team`, with or without an `@` before it; without an organisation, of the owner. */
  readonly teams: readonly string[];
}

/** Ids that were found, and null for who can't be asked: each is looked up once. */
export interface PeopleBook {
  readonly ids: Map<string, string | null>;
}

interface Reviewer {
  readonly name: string;
  readonly id: string;
  readonly isTeam: boolean;
}

/**
 * Labels a pull request and asks for its reviews, in one request once all names are known. Who can't be asked (unknown, no
 * collaborator, the author) is named, and stops nothing.
 */
export async function dressPullRequest(
  client: Client & { readonly labels: LabelBook; readonly people: PeopleBook },
  order: DressOrder,
): Promise<{ readonly notAsked: readonly string[] }> {
  const labels = await labelIds(client, order.labels);
  const asked = await reviewersOf(client, order);
  const known = asked.flatMap(({ name, id, isTeam }): Reviewer[] => (id === null ? [] : [{ name, id, isTeam }]));
  const refused = new Set(asked.filter(({ id }) => id === null).map(({ name }) => name));
  if (labels.length > 0 || known.length > 0)
    for (const name of await dress(client, { node: order.nodeId, labels, reviewers: known })) {
      refused.add(name);
      // The next pull request has the same author and the same collaborators.
      client.people.ids.set(name, null);
    }
  return { notAsked: [...order.reviewers, ...order.teams].filter((name) => refused.has(name)) };
}

interface Dress {
  readonly node: string;
  readonly labels: readonly string[];
  readonly reviewers: readonly Reviewer[];
}

/** One who can't be asked spoils the request for all: then each is asked alone. */
async function dress(client: Client, { node, labels, reviewers }: Dress): Promise<readonly string[]> {
  if (await isDressed(client, { node, labels, reviewers })) return [];
  const [only] = reviewers;
  if (only !== undefined && reviewers.length === 1) return [only.name];
  const refused: string[] = [];
  for (const each of reviewers)
    if (!(await isDressed(client, { node, labels: [], reviewers: [each] }))) refused.push(each.name);
  return refused;
}

async function isDressed(client: Client, { node, labels, reviewers }: Dress): Promise<boolean> {
  const add = `addLabelsToLabelable(input: { labelableId: $node, labelIds: $labels }) { clientMutationId }`;
  const request = `requestReviews(input: { pullRequestId: $node, userIds: $users, teamIds: $teams, union: true }) { clientMutationId }`;
  const declared = [
    '$node: ID!',
    labels.length > 0 ? '$labels: [ID!]!' : '',
    reviewers.length > 0 ? '$users: [ID!], $teams: [ID!]' : '',
  ];
  const query = `mutation(${declared.filter(Boolean).join(', ')}) {
  ${labels.length > 0 ? add : ''}
  ${reviewers.length > 0 ? request : ''}
}`;
  const idsOf = (isTeam: boolean): string[] => reviewers.filter((each) => each.isTeam === isTeam).map(({ id }) => id);
  let isRefused = false;
  const tolerates = ({ path, type }: GraphqlError): boolean => {
    const isOfReviews = path?.[0] === 'requestReviews' && type !== 'RATE_LIMITED';
    isRefused ||= isOfReviews;
    return isOfReviews;
  };
  const variables = {
    node,
    ...(labels.length > 0 ? { labels } : {}),
    ...(reviewers.length > 0 ? { users: idsOf(false), teams: idsOf(true) } : {}),
  };
  const send = (): Promise<unknown> =>
    ask(client, { query, variables, schema: z.looseObject({}).nullable(), tolerates });
  // Labels and requests that are there already are no second ones: it may be sent again without a look.
  await sendOnce(client, { send, find: () => Promise.resolve(undefined) });
  return !isRefused;
}

async function reviewersOf(
  client: Client & { readonly people: PeopleBook },
  { reviewers, teams }: DressOrder,
): Promise<readonly { readonly name: string; readonly id: string | null; readonly isTeam: boolean }[]> {
  const { ids } = client.people;
  const unknownUsers = reviewers.filter((name) => !ids.has(name));
  const unknownTeams = teams.filter((name) => !ids.has(name));
  if (unknownUsers.length + unknownTeams.length > 0) await lookUp(client, unknownUsers, unknownTeams);
  return [
    ...reviewers.map((name) => ({ name, id: ids.get(name) ?? null, isTeam: false })),
    ...teams.map((name) => ({ name, id: ids.get(name) ?? null, isTeam: true })),
  ];
}

const foundShape = z.record(
  z.string(),
  z.object({ id: z.string().optional(), team: z.object({ id: z.string() }).nullish() }).nullable(),
);

async function lookUp(
  client: Client & { readonly people: PeopleBook },
  users: readonly string[],
  teams: readonly string[],
): Promise<void> {
  const split = teams.map((team) => splitTeam(team, client.place.owner));
  const variables = {
    ...numbered(
      'user',
      users.map((name) => name.replace(/^@/, '')),
    ),
    ...numbered(
      'org',
      split.map(({ org }) => org),
    ),
    ...numbered(
      'team',
      split.map(({ slug }) => slug),
    ),
  };
  const parts = [
    ...users.map((_, index) => `user${index}: user(login: $user${index}) { id }`),
    ...teams.map((_, index) => `team${index}: organization(login: $org${index}) { team(slug: $team${index}) { id } }`),
  ];
  const declared = Object.keys(variables).map((key) => `$${key}: String!`);
  const query = `query(${declared.join(', ')}) {\n  ${parts.join('\n  ')}\n}`;
  // A name that leads nowhere, or a team that the token may not see, is an answer too.
  const found = await ask(client, {
    query,
    variables,
    schema: foundShape,
    tolerates: ({ path }) => path !== undefined,
  });
  users.forEach((name, index) => client.people.ids.set(name, found[`user${index}`]?.id ?? null));
  teams.forEach((name, index) => client.people.ids.set(name, found[`team${index}`]?.team?.id ?? null));
}

function splitTeam(team: string, owner: string): { readonly org: string; readonly slug: string } {
  const [first = '', second] = team.replace(/^@/, '').split('/');
  return second === undefined ? { org: owner, slug: first } : { org: first, slug: second };
}
