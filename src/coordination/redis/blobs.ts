import { sha256 } from '../../shared/canonical.ts';
import { outside, problem } from '../../shared/errors.ts';
import type { Blobs } from '../store.ts';
import type { RedisClient } from './client.ts';
import { lifetimeMs, type ExecutionKeys } from './keys.ts';

export interface BlobLimits {
  /** Bytes that one blob may have. */
  readonly blobBytes: number;
  /** Bytes that all blobs of an execution may have together. */
  readonly executionBytes: number;
}

const mebibyte = 1024 * 1024;
const defaultLimits: BlobLimits = { blobBytes: 64 * mebibyte, executionBytes: 1024 * mebibyte };

/** Part of the format: every writer of a hash must cut it at the same places. */
const chunkBytes = 256 * 1024;
/** Chunks on their way at the same time: enough to hide the way there and back, too few to hold up other commands. */
const chunksAtOnce = 4;

type BlobClient = Pick<RedisClient, 'run' | 'callBuffer'>;

interface BlobStore {
  readonly client: BlobClient;
  readonly keys: ExecutionKeys;
  readonly limits: BlobLimits;
}

/**
 * Blobs of one execution, each a hash of chunks that counts as missing until it is whole. Also throws `blob-too-large`
 * (problem) and `store-full` (outside).
 */
export function redisBlobs(client: BlobClient, keys: ExecutionKeys, limits: Partial<BlobLimits> = {}): Blobs {
  const store = { client, keys, limits: { ...defaultLimits, ...limits } };
  return {
    putBlob: (content) => putBlob(store, typeof content === 'string' ? Buffer.from(content, 'utf8') : content),
    getBlob: (hash) => getBlob(store, hash),
  };
}

async function putBlob(store: BlobStore, content: Uint8Array): Promise<string> {
  const { blobBytes } = store.limits;
  if (content.byteLength > blobBytes) {
    throw problem('blob-too-large', `An artefact has ${content.byteLength} bytes, the store takes ${blobBytes}`, {
      hint: 'Leave large files out of the target, or split what the task looks at.',
    });
  }
  const hash = sha256(content);
  // The first chunk alone finds out what is there already; of small content it is all there is.
  if ((await putChunk(store, hash, { content, index: 0 })) === 'more') await putRest(store, hash, content);
  return hash;
}

async function putRest(store: BlobStore, hash: string, content: Uint8Array): Promise<void> {
  let isWhole = false;
  await forEachChunk(1, chunksOf(content.byteLength), async (index) => {
    if (!isWhole && (await putChunk(store, hash, { content, index })) === 'whole') isWhole = true;
  });
  if (isWhole) return;
  throw outside('blob-not-kept', `The store lost chunks of the artefact ${hash} while the others came`, {
    hint: 'Look whether the store was restarted or emptied, then run this again.',
    retryable: true,
  });
}

async function putChunk(
  { client, keys, limits }: BlobStore,
  hash: string,
  { content, index }: { readonly content: Uint8Array; readonly index: number },
): Promise<'whole' | 'more'> {
  const { byteLength } = content;
  const chunk = content.subarray(index * chunkBytes, (index + 1) * chunkBytes);
  const sizes = [byteLength, chunksOf(byteLength)];
  const reply = (await client.run(
    'blob-put',
    [keys.blob(hash), keys.blobBytes],
    [...sizes, index, chunk, lifetimeMs, limits.executionBytes],
  )) as readonly ['whole' | 'more'] | readonly ['full', string];
  if (reply[0] !== 'full') return reply[0];
  throw outside(
    'store-full',
    `The artefacts of the execution have ${reply[1]} bytes, ${byteLength} more would be above ${limits.executionBytes}`,
    { hint: 'Run fewer tasks in one execution, or leave large files out of the target.' },
  );
}

async function getBlob(store: BlobStore, hash: string): Promise<Uint8Array> {
  const { client, keys, limits } = store;
  const key = keys.blob(hash);
  const [size, first] = (await client.callBuffer('HMGET', [key, 'bytes', '0'])) as readonly (Buffer | null)[];
  if (!size || !first) throw missing(hash);
  const bytes = Number(size.toString('latin1'));
  if (!(bytes <= limits.blobBytes)) throw damaged(hash);
  const chunks: Uint8Array[] = [first];
  await forEachChunk(1, chunksOf(bytes), async (index) => {
    const chunk = (await client.callBuffer('HGET', [key, String(index)])) as Buffer | null;
    if (!chunk) throw missing(hash);
    chunks[index] = chunk;
  });
  const content = Buffer.concat(chunks);
  if (content.byteLength !== bytes || sha256(content) !== hash) throw damaged(hash);
  return content;
}

function missing(hash: string): Error {
  return problem('blob-missing', `The artefact ${hash} is not in the store`, {
    hint: 'Its lifetime is over, or the store lost it. Run the execution again under another id.',
  });
}

function damaged(hash: string): Error {
  return outside('blob-damaged', `The artefact ${hash} does not have the content that its name says`, {
    hint: 'Find out who else may write to the store, then run the execution again under another id.',
  });
}

/** Also nothing is one chunk. */
function chunksOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / chunkBytes));
}

/** Does something for each chunk from `first` on, for a few at a time; after a failure no further one is begun. */
async function forEachChunk(first: number, count: number, act: (index: number) => Promise<void>): Promise<void> {
  let next = first;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await act(next - 1).catch((error: unknown) => {
        next = count;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(chunksAtOnce, count - first) }, lane));
}
