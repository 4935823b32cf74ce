import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, outside } from './errors.ts';

/** Replaces a file in one step: readers see the old content or the new one, never half of it. */
export function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  options: { sync?: boolean } = {},
): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeWhole(temporary, content, options.sync ?? false);
    renameSync(temporary, path);
  } catch (error) {
    tryRemove(temporary);
    throw outside('file-not-written', `Could not write ${path}: ${errnoOf(error) ?? String(error)}`, {
      hint: 'Check that the folder is writable and the disk has room.',
      cause: error,
    });
  }
}

/** The file's text, or undefined where there is none. */
export function readTextIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw outside('file-not-read', `Could not read ${path}: ${errnoOf(error) ?? String(error)}`, {
      hint: 'Check that the file is readable.',
      cause: error,
    });
  }
}

/** What is left over must not hide why the writing failed. */
function tryRemove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    return;
  }
}

function writeWhole(path: string, content: string | Uint8Array, sync: boolean): void {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const file = openForWriting(path);
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    if (sync) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function openForWriting(path: string): number {
  try {
    return openSync(path, 'wx', 0o644);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'wx', 0o644);
  }
}
