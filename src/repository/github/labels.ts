import { z } from 'zod';
import { isRefusal } from './answer.ts';
import { ask, type Client } from './client.ts';
import { numbered } from './look-query.ts';
import { repeatable } from './transport.ts';

/** Node ids of labels by their name in lower case: GitHub tells no two apart by case. */
export interface LabelBook {
  readonly ids: Map<string, string>;
}

const labelShape = z.object({ id: z.string() }).nullable();
const answerShape = z.object({ repository: z.record(z.string(), labelShape) });

/** The ids of labels, each looked up once; those that are missing are made. */
export async function labelIds(
  client: Client & { readonly labels: LabelBook },
  names: readonly string[],
): Promise<readonly string[]> {
  const { ids } = client.labels;
  const unknown = names.filter((name) => !ids.has(name.toLowerCase()));
  if (unknown.length > 0) {
    const found = await findLabels(client, unknown);
    for (const [index, name] of unknown.entries())
      ids.set(name.toLowerCase(), found[index] ?? (await createLabel(client, name)));
  }
  return [...new Set(names.map((name) => ids.get(name.toLowerCase()) ?? ''))];
}

async function findLabels(client: Client, names: readonly string[]): Promise<readonly (string | undefined)[]> {
  const variables = numbered('label', names);
  const keys = Object.keys(variables);
  const query = `query($owner: String!, $repo: String!, ${keys.map((key) => `$${key}: String!`).join(', ')}) {
  repository(owner: $owner, name: $repo) { ${keys.map((key) => `${key}: label(name: $${key}) { id }`).join(' ')} }
}`;
  const { repository } = await ask(client, {
    query,
    variables: { ...client.place, ...variables },
    schema: answerShape,
  });
  return keys.map((key) => repository[key]?.id);
}

async function createLabel(client: Client, name: string): Promise<string> {
  try {
    const route = 'POST /repos/{owner}/{repo}/labels';
    const { data } = await client.rest(route, { ...client.place, name, request: repeatable });
    return data.node_id;
  } catch (error) {
    const [found] = isRefusal(error, [422], /already.exists/i) ? await findLabels(client, [name]) : [];
    if (found === undefined) throw error;
    return found;
  }
}
