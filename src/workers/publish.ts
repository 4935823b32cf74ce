import { createSilencer } from '../checks/silence.ts';
import type { Workspace } from '../checks/workspace.ts';
import type { Finding, Silenced } from '../protocol/finding.ts';
import { emptyResult, noUsage, resultSchema, type Evidence, type Result } from '../protocol/result.ts';
import { canonicalJson, compareText } from '../shared/canonical.ts';
import { bug } from '../shared/errors.ts';
import type { KeepEvidence, Work } from './work.ts';

type PutBlob = (content: string) => Promise<string>;

/** Keeps artefacts masked, and remembers what was kept. */
export function evidenceKeeper(
  putBlob: PutBlob,
  mask: (text: string) => string,
): { keep: KeepEvidence; kept: Map<string, Evidence> } {
  const kept = new Map<string, Evidence>();
  const keep: KeepEvidence = async (title, mediaType, content) => {
    const text = mask(typeof content === 'string' ? content : canonicalJson(content, 2));
    const hash = await putBlob(text);
    kept.set(hash, { sha256: hash, title, mediaType, bytes: Buffer.byteLength(text) });
    return hash;
  };
  return { keep, kept };
}

/** A capability's work as a result document: silenced, sorted, masked, checked. Throws a bug where it breaks the schema. */
export function toResult(
  work: Work,
  context: {
    readonly workspace: Workspace;
    readonly evidence: Iterable<Evidence>;
    readonly mask: (text: string) => string;
  },
): Result {
  const { findings, silenced } = applySilence(work.findings ?? [], context.workspace);
  const result: Result = {
    v: 1,
    status: work.status ?? ((work.unread?.length ?? 0) > 0 ? 'partial' : 'done'),
    summary: work.summary,
    findings: sortBy(findings, findingKey),
    silenced: sortBy(silenced, (each) => findingKey(each.finding)),
    assets: sortBy(work.assets ?? [], (asset) => asset.ref),
    measurements: sortBy(work.measurements ?? [], (measurement) => `${measurement.name} ${measurement.subject}`),
    changes: sortBy(work.changes ?? [], (change) => change.files[0]?.path ?? change.fingerprint),
    reviews: sortBy(work.reviews ?? [], (review) => review.change),
    evidence: sortBy([...context.evidence], (evidence) => evidence.sha256),
    unread: sortBy(work.unread ?? [], (each) => each.path),
    usage: work.usage ?? noUsage,
  };
  return checkedResult(JSON.parse(context.mask(canonicalJson(result))));
}

/** A result that only says why there is none. */
export function failedResult(error: {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}): Result {
  return { ...emptyResult('failed', error.message), error };
}

function applySilence(
  findings: readonly Finding[],
  workspace: Workspace,
): { findings: readonly Finding[]; silenced: readonly Silenced[] } {
  const silencer = createSilencer(workspace);
  const judged = findings.map((finding) => ({ finding, silence: silencer.silence(finding) }));
  return {
    findings: judged.filter(({ silence }) => !silence).map(({ finding }) => finding),
    silenced: judged.flatMap(({ finding, silence }) => (silence ? [{ finding, ...silence }] : [])),
  };
}

function checkedResult(value: unknown): Result {
  const outcome = resultSchema.safeParse(value);
  if (outcome.success) return outcome.data;
  throw bug('result-malformed', `The worker's result breaks its own schema: ${outcome.error.message.slice(0, 1000)}`);
}

function findingKey(finding: Finding): string {
  const line = String(finding.location?.line ?? 0).padStart(9, '0');
  return `${finding.location?.path ?? ''}\n${line}\n${finding.ruleId}\n${finding.fingerprint}`;
}

function sortBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, key: key(item) }))
    .sort((a, b) => compareText(a.key, b.key))
    .map(({ item }) => item);
}
