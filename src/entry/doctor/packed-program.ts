import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { PackedProgram } from '../../cluster/kubernetes/spec/anchor.ts';
import { sha256 } from '../../shared/canonical.ts';
import { errnoOf, messageOf, problem } from '../../shared/errors.ts';
import { bundledPodStart } from '../bundle.ts';

/** The worker program as it travels to the cluster, for objects that are only tried. Throws `worker-program-missing`. */
export function packedProgram(path: string): PackedProgram {
  const [program, start] = [read(path), read(bundledPodStart())];
  return { gzip: gzipSync(program, { level: 9 }), sha256: sha256(program), start: start.toString('utf8') };
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
