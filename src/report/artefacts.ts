import type { Evidence } from '../protocol/result.ts';
import type { Report } from '../protocol/report.ts';
import type { JoinedResult } from './aggregate.ts';

type EvidenceEntry = Report['evidence'][number];

/** An artefact that the report itself makes: the aggregate, the log up to it. */
export interface OwnArtefact {
  readonly sha256: string;
  readonly title: string;
  readonly bytes: number;
  readonly mediaType: string;
}

/** Every artefact of an execution, each once, with the file it is archived as. */
export function evidenceIndex(results: readonly JoinedResult[], own: readonly OwnArtefact[]): EvidenceEntry[] {
  const index = new Map<string, EvidenceEntry>();
  const add = (evidence: Evidence, task: string | null): void => {
    const { sha256, title, mediaType, bytes } = evidence;
    if (!index.has(sha256))
      index.set(sha256, {
        sha256,
        title,
        media_type: mediaType,
        bytes,
        file: fileName(sha256, mediaType),
        task_id: task,
      });
  };
  for (const artefact of own) add(artefact, null);
  for (const { task, result } of results) for (const evidence of result.evidence) add(evidence, task);
  return [...index.values()];
}

const extensions: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'application/x-ndjson': 'jsonl',
  'text/markdown': 'md',
  'text/x-diff': 'patch',
};

function fileName(hash: string, mediaType: string): string {
  return `${hash}.${extensions[mediaType] ?? 'txt'}`;
}
