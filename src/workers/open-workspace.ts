import type { Workspace } from '../checks/workspace.ts';
import { snapshotSchema, type Snapshot } from '../protocol/workspace.ts';
import { bug, problem } from '../shared/errors.ts';

type GetBlob = (hash: string) => Promise<Uint8Array>;

/** Opens a snapshot by the hash of its manifest. The tree stays in memory: nothing is unpacked to disk. */
export async function openWorkspace(manifest: string, getBlob: GetBlob): Promise<Workspace> {
  const snapshot = parseSnapshot(await getBlob(manifest));
  const chunks = await Promise.all(snapshot.chunks.map(getBlob));
  const byPath = new Map(snapshot.files.map((file) => [file.path, file]));
  return {
    commit: snapshot.commit,
    committedAt: snapshot.committedAt,
    repository: snapshot.repository,
    files: snapshot.files.map(({ path, mode, size }) => ({ path, mode, size })),
    leftOut: snapshot.leftOut,
    readBytes: (path) => {
      const file = byPath.get(path);
      if (!file) return undefined;
      const bytes = chunks[file.chunk]?.subarray(file.offset, file.offset + file.size);
      if (bytes?.length !== file.size) throw bug('snapshot-broken', `The snapshot ${manifest} lacks bytes of ${path}`);
      return bytes;
    },
  };
}

function parseSnapshot(bytes: Uint8Array): Snapshot {
  const outcome = snapshotSchema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  if (outcome.success) return outcome.data;
  throw problem(
    'snapshot-unknown',
    `The workspace is not a snapshot that this worker understands: ${outcome.error.message}`,
    {
      hint: 'Masters and workers must be of one version of Cortex.',
    },
  );
}
