import { z } from 'zod';
import { sha256Schema } from '../../../protocol/finding.ts';
import { masterNames } from '../../../protocol/words.ts';
import type { Json } from '../../../shared/canonical.ts';
import { readMarkers, writeMarker } from '../../../shared/marker.ts';

const kind = 'pull-request';

/** Why Cortex itself closed a pull request: such a one does not keep its fix from coming back. */
export const closings = ['gone', 'empty', 'superseded'] as const;
export type Closing = (typeof closings)[number];

/** Findings that a marker names, over all its changes: enough to know a successor by. */
const maxFindings = 150;

/** Characters of paths that a marker holds; beyond, they are read from the branch itself. */
const maxPathsLength = 8_000;

const member = z.strictObject({
  change: sha256Schema,
  task: z.string(),
  findings: z.array(sha256Schema),
  rules: z.array(z.string()),
});
export type MarkedMember = z.infer<typeof member>;

/** What the body of a pull request says, hidden, to be found again by. */
export const pullMarkerSchema = z.strictObject({
  key: sha256Schema,
  plan: z.string(),
  /** The execution that wrote the text last. */
  execution: z.string(),
  /** When that execution began; older versions did not say. */
  startedAt: z.string().optional(),
  master: z.enum(masterNames),
  /** The branch that it was opened for, where that is not the default one. */
  base: z.string().optional(),
  members: z.array(member).min(1),
  /** Null where there are too many: then the branch tells. */
  paths: z.array(z.string()).nullable(),
  /** Digest of the text without what differs from run to run. */
  text: z.string(),
  closed: z.enum(closings).optional(),
});
export type PullMarker = z.infer<typeof pullMarkerSchema>;

/** A marker as hidden text. */
export function writePullMarker(marker: PullMarker): string {
  const each = Math.max(1, Math.floor(maxFindings / marker.members.length));
  const members = marker.members.map((member) => ({ ...member, findings: member.findings.slice(0, each) }));
  const paths = JSON.stringify(marker.paths).length > maxPathsLength ? null : marker.paths;
  return writeMarker(kind, { ...marker, members, paths } as unknown as Json);
}

/** What the body says; `missing` without a marker, `damaged` where there is none that can be believed. */
export function readPullMarker(body: string): PullMarker | 'missing' | 'damaged' {
  const markers = readMarkers(body, kind);
  const first = markers[0];
  if (first === undefined) return 'missing';
  if (markers.length > 1 || first === 'damaged') return 'damaged';
  const parsed = pullMarkerSchema.safeParse(first.data);
  return parsed.success ? parsed.data : 'damaged';
}
