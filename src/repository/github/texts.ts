import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isRefusal } from './answer.ts';
import { ask, pieces, type Client } from './client.ts';
import { numbered } from './look-query.ts';

/** Why a file can't be read as text, in words that end a sentence. */
export interface Unreadable {
  readonly unreadable: string;
}

type Read = string | null | Unreadable;

const objectShape = z
  .object({
    __typename: z.string(),
    oid: z.string(),
    text: z.string().nullish(),
    isBinary: z.boolean().nullish(),
    isTruncated: z.boolean().optional(),
    byteSize: z.number().optional(),
  })
  .nullable();
type Seen = z.output<typeof objectShape>;

/**
 * Files at a commit, byte for byte: a text whose hash is not that of the file is read again as bytes. null where there is none;
 * what is no UTF-8, no file, or larger than `textBytes` is `unreadable`.
 */
export async function readTexts(
  client: Client,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Read>> {
  const texts = new Map<string, Read>();
  for (const some of pieces([...new Set(paths)], client.limits.names)) {
    const seen = await readObjects(client, commit, some);
    for (const [path, object] of seen) texts.set(path, await textOf(client, object));
  }
  return texts;
}

async function readObjects(
  client: Client,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Seen>> {
  const expressions = numbered(
    'at',
    paths.map((path) => `${commit}:${path}`),
  );
  const keys = Object.keys(expressions);
  const query = `query($owner: String!, $repo: String!, ${keys.map((key) => `$${key}: String!`).join(', ')}) {
  repository(owner: $owner, name: $repo) {
    ${keys.map((key) => `${key}: object(expression: $${key}) { ...file }`).join('\n    ')}
  }
}
fragment file on GitObject { __typename oid ... on Blob { text isBinary isTruncated byteSize } }`;
  const { repository } = await ask(client, {
    query,
    variables: { ...client.place, ...expressions },
    schema: z.object({ repository: z.record(z.string(), objectShape) }),
  });
  return new Map(paths.map((path, index) => [path, repository[`at${index}`] ?? null]));
}

async function textOf(client: Client, object: Seen): Promise<Read> {
  if (object === null) return null;
  if (object.__typename !== 'Blob') return { unreadable: 'it is a folder or a submodule' };
  if ((object.byteSize ?? 0) > client.limits.textBytes)
    return { unreadable: `it is larger than ${client.limits.textBytes} bytes` };
  const { text } = object;
  if (typeof text === 'string' && !object.isTruncated && blobHash(text) === object.oid) return text;
  return readBlob(client, object.oid);
}

async function readBlob(client: Client, oid: string): Promise<Read> {
  try {
    const route = 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}';
    const { data } = await client.rest(route, { ...client.place, file_sha: oid });
    const bytes = Buffer.from(data.content, data.encoding === 'base64' ? 'base64' : 'utf8');
    const text = bytes.includes(0) ? undefined : strictText(bytes);
    return text ?? { unreadable: 'it is no text in UTF-8' };
  } catch (error) {
    if (isRefusal(error, [403], /too large/i)) return { unreadable: 'it is larger than GitHub shows' };
    throw error;
  }
}

/** Bytes as text, where they are UTF-8 throughout. */
export function strictText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The name that git gives a file: SHA-1, as everywhere on GitHub. */
function blobHash(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Those of the paths at which the tree has something. */
export async function pathsThere(client: Client, tree: string, paths: readonly string[]): Promise<readonly string[]> {
  const there: string[] = [];
  for (const some of pieces(paths, client.limits.names)) {
    const seen = await readObjects(client, tree, some);
    there.push(...some.filter((path) => seen.get(path) !== null));
  }
  return there;
}
