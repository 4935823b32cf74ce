import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { PackedProgram } from '../../cluster/kubernetes/spec/anchor.ts';
import { sha256 } from '../../shared/canonical.ts';
import { bundledPodStart } from '../bundle.ts';

/** The worker program as it travels to the cluster, for objects that are only tried. */
export function packedProgram(path: string): PackedProgram {
  const program = readFileSync(path);
  return {
    gzip: gzipSync(program, { level: 9 }),
    sha256: sha256(program),
    start: readFileSync(bundledPodStart(), 'utf8'),
  };
}
