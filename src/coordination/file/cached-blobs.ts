import { existsSync } from 'node:fs';
import type { Blobs } from '../store.ts';
import { blobPath, fileBlobs } from './blobs.ts';

/** Blobs of a far store with a copy of each in a folder: read once over the network, and still here when it is lost. */
export function cachedBlobs(far: Blobs, directory: string): Blobs {
  const near = fileBlobs(directory);
  const fetchFar = async (hash: string): Promise<Uint8Array> => {
    const bytes = await far.getBlob(hash);
    await near.putBlob(bytes);
    return bytes;
  };
  return {
    putBlob: async (content) => {
      await far.putBlob(content);
      return near.putBlob(content);
    },
    // A copy that was damaged is fetched anew, and repaired by that.
    getBlob: async (hash) =>
      existsSync(blobPath(directory, hash)) ? near.getBlob(hash).catch(() => fetchFar(hash)) : fetchFar(hash),
  };
}
