import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../shared/canonical.ts';
import { errnoOf, messageOf, outside, problem } from '../../shared/errors.ts';
import { writeFileAtomically } from '../../shared/files.ts';
import type { Blobs } from '../store.ts';

/** Where a blob of that hash lies. */
export function blobPath(directory: string, hash: string): string {
  return join(directory, hash.slice(0, 2), hash);
}

/** Blobs as files named by their hash, in folders of its first two digits. */
export function fileBlobs(directory: string): Blobs & { readonly readBlob: (hash: string) => Uint8Array } {
  const pathOf = (hash: string): string => blobPath(directory, hash);
  return {
    putBlob: async (content) => {
      const hash = sha256(content);
      const path = pathOf(hash);
      if (!isWhole(path, hash)) writeFileAtomically(path, content);
      return hash;
    },
    readBlob: (hash) => readChecked(pathOf(hash), hash),
    getBlob: async (hash) => readChecked(pathOf(hash), hash),
  };
}

/** False also for a file that a loss of power left empty: keeping the content again repairs it. */
function isWhole(path: string, hash: string): boolean {
  return existsSync(path) && sha256(readBytes(path, hash)) === hash;
}

function readChecked(path: string, hash: string): Uint8Array {
  const bytes = readBytes(path, hash);
  if (sha256(bytes) === hash) return bytes;
  throw outside('blob-damaged', `The artefact ${hash} does not have the content that its name says`, {
    hint: `Restore ${path} from a copy, or run the execution again.`,
  });
}

function readBytes(path: string, hash: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      throw outside('blob-not-read', `Could not read ${path}: ${messageOf(error)}`, {
        hint: 'Check the rights of the file.',
        cause: error,
      });
    }
    throw problem('blob-missing', `The artefact ${hash} is not in the store`, {
      hint: `It was expected at ${path}. Restore it, or run the execution again.`,
      cause: error,
    });
  }
}
