import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { PackedProgram } from '../../cluster/kubernetes/spec/anchor.ts';
import { sha256 } from '../../shared/canonical.ts';
import { errnoOf, messageOf, problem } from '../../shared/errors.ts';
import { bundledPodStart } from '../bundle.ts';

/** The limit of an object's content, less what else is in it, in bytes. */
const largest = 1024 * 1024 - 32 * 1024;

/** The worker program as it travels to the cluster. Throws `worker-program-missing`, `program-too-large`. */
export function packProgram(path: string): PackedProgram {
  const program = read(path);
  const gzip = gzipSync(program, { level: 9 });
  const bytes = Math.ceil(gzip.length / 3) * 4;
  if (bytes < largest) return { gzip, sha256: sha256(program), start: read(bundledPodStart()).toString('utf8') };
  throw problem('program-too-large', `${path} takes ${bytes} bytes packed, and an object of the cluster ${largest}`, {
    hint: 'Name a smaller worker program with --worker.',
  });
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw problem('worker-program-missing', `${path} can't be read: ${errnoOf(error) ?? messageOf(error)}`, {
      hint: 'Check out dist/ again, or name another program with --worker.',
      cause: error,
    });
  }
}
