import { z } from 'zod';
import { sha256Schema } from './finding.ts';

/** One file of a snapshot: where its bytes lie inside the chunks. */
export const snapshotFileSchema = z.strictObject({
  path: z.string().min(1),
  mode: z.enum(['100644', '100755', '120000']),
  size: z.int().min(0),
  /** Index into `chunks`, and the byte offset inside it; a file lies in one chunk. */
  chunk: z.int().min(0),
  offset: z.int().min(0),
});

/** The tree of HEAD as data: the manifest that names its chunks by hash. */
export const snapshotSchema = z.strictObject({
  v: z.literal(1),
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  /** Committer date of the commit, ISO 8601: the only clock that a capability may read. */
  committedAt: z.string(),
  /** `owner/name` from the remote, else the folder's name. */
  repository: z.string(),
  chunks: z.array(sha256Schema),
  files: z.array(snapshotFileSchema),
  leftOut: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** Commits that touched files, newest first, as `git log --numstat` tells them; binary files count no lines. */
export const historySchema = z.strictObject({
  v: z.literal(1),
  commit: z.string(),
  /** True when the clone is shallow: the history is then incomplete. */
  shallow: z.boolean(),
  /** True when there are older commits than those read. */
  cut: z.boolean(),
  commits: z.array(
    z.strictObject({
      sha: z.string(),
      at: z.string(),
      /** Hash of the author's address: authors can be counted, not named. */
      author: z.string(),
      files: z.array(z.strictObject({ path: z.string(), added: z.int().min(0), deleted: z.int().min(0) })),
    }),
  ),
});
export type History = z.infer<typeof historySchema>;
