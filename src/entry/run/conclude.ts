import { join } from 'node:path';
import { evaluateCriteria, failedGates } from '../../execution/criteria.ts';
import { factsOf } from '../../execution/facts.ts';
import type { ExecutionState } from '../../execution/execution-state.ts';
import { foldEvents } from '../../execution/state.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Asset } from '../../protocol/asset.ts';
import type { Event } from '../../protocol/event.ts';
import { assetListSchema, type Report } from '../../protocol/report.ts';
import { resultSchema } from '../../protocol/result.ts';
import { cliExit } from '../../protocol/words.ts';
import { aggregate, type Aggregate, type JoinedResult } from '../../report/aggregate.ts';
import { buildReport } from '../../report/build-report.ts';
import { reportFiles, type ReportFile } from '../../report/report-files.ts';
import { canonicalJson, sha256 } from '../../shared/canonical.ts';
import { CortexError, outside } from '../../shared/errors.ts';
import { writeFileAtomically } from '../../shared/files.ts';

/** What reading results needs of a store. */
export interface ReadBlobs {
  readonly getBlob: (hash: string) => Promise<Uint8Array>;
}

/** Joins the results of all completed tasks. The same log and blobs give the same aggregate. */
export async function joinResults(state: ExecutionState, blobs: ReadBlobs): Promise<Aggregate> {
  const done = [...state.tasks.values()].filter((task) => task.status === 'complete' && task.result !== undefined);
  const results = await Promise.all(done.map((task) => readResult(task, blobs)));
  const baseline = await readBaselineList(state, blobs);
  return aggregate({ state, results, baseline });
}

/** The document that proves the counted numbers: which result contributed what. */
export function aggregateDocument(joined: Aggregate): string {
  const contributions = joined.results.map(({ task, capability, hash, result }) => ({
    task,
    capability,
    result: hash,
    findings: result.findings.map((finding) => finding.fingerprint),
    silenced: result.silenced.map((each) => each.finding.fingerprint),
    assets: result.assets.map((asset) => asset.ref),
    changes: result.changes.map((change) => change.fingerprint),
    measurements: result.measurements.map(({ name, value, subject, evidence }) => ({ name, value, subject, evidence })),
  }));
  return canonicalJson({ v: 1, totals: joined.totals, discovered: joined.discovered, contributions }, 2);
}

/** How an execution ends, by its criteria and masters. */
export function judgeEnd(state: ExecutionState): {
  readonly status: Report['status'];
  readonly exitCode: number;
  readonly reason: string;
} {
  const gates = failedGates(state.criteria ?? []);
  const tasks = [...state.tasks.values()];
  const incomplete = tasks.filter((task) => task.status !== 'complete' && task.status !== 'skipped');
  const failedMasters = [...state.masters.values()].filter((master) => master.status === 'failed');
  const { cancelledBy } = state;
  const isWhole = incomplete.length === 0 && failedMasters.length === 0;
  const status = isWhole ? 'complete' : cancelledBy === undefined ? 'partial' : 'cancelled';
  const reasons = [
    ...(isWhole || cancelledBy === undefined ? [] : [`cancelled by ${cancelledBy}`]),
    ...failedMasters.map((master) => `${master.name} failed`),
    ...(incomplete.length > 0 ? [`not complete: ${incomplete.map((task) => task.declared.id).join(', ')}`] : []),
    ...(gates.length > 0 ? [`gates not met: ${gates.map((gate) => `${gate.id} (${gate.outcome})`).join(', ')}`] : []),
  ];
  const exitCode = status === 'cancelled' ? cliExit.outside : reasons.length > 0 ? cliExit.gateFailed : cliExit.success;
  return { status, exitCode, reason: reasons.join('; ') || 'every gate is met' };
}

/** The criteria of the plan, judged by the events so far. */
export function judgeCriteria(plan: Plan, state: ExecutionState): ReturnType<typeof evaluateCriteria> {
  return evaluateCriteria(plan.success, factsOf(state));
}

export interface Concluded {
  readonly report: Report;
  readonly files: readonly ReportFile[];
}

/**
 * Report and files of an aggregated execution, from its log and blobs alone. The log is taken up to the criteria, and
 * its events are written with sorted keys, so that a report rebuilt later is the same.
 */
export function concludeReport(
  id: string,
  source: { readonly events: readonly Event[]; readonly joined: Aggregate; readonly mask: (text: string) => string },
): Concluded & { readonly logText: string } {
  const upTo = source.events.findIndex((event) => event.type === 'criteria.evaluated') + 1;
  const events = source.events.slice(0, upTo);
  const logText = source.mask(events.map((event) => `${canonicalJson(event)}\n`).join(''));
  const state = foldEvents(id, events);
  const document = aggregateDocument(source.joined);
  const report = buildReport({
    state,
    aggregate: source.joined,
    criteria: state.criteria ?? [],
    status: judgeEnd(state).status,
    artefacts: {
      aggregate: artefact('Aggregate: which result contributed what', 'application/json', document),
      log: artefact('Event log up to the criteria', 'application/x-ndjson', logText),
    },
  });
  return { report, files: reportFiles(report, source.joined), logText };
}

/**
 * Writes the report's files and copies its evidence into the archive. Returns what was written, by hash, and the
 * evidence that is nowhere to be found.
 */
export async function writeReport(
  concluded: Concluded,
  places: {
    readonly out: string;
    readonly blobs: ReadBlobs;
    readonly own: readonly string[];
    readonly mask: (text: string) => string;
  },
): Promise<{ readonly written: { path: string; sha256: string }[]; readonly missing: readonly string[] }> {
  const { report, files } = concluded;
  const own = new Map(places.own.map((text) => [sha256(text), text]));
  const missing: string[] = [];
  for (const evidence of report.evidence) {
    const content = own.get(evidence.sha256) ?? (await blobIfThere(evidence.sha256, places.blobs));
    if (content === undefined) missing.push(evidence.sha256);
    else writeFileAtomically(join(places.out, 'archives', report.execution_id, 'evidence', evidence.file), content);
  }
  const written = files.map(({ path, text }) => {
    const masked = places.mask(text);
    writeFileAtomically(join(places.out, path), masked);
    return { path, sha256: sha256(masked) };
  });
  return { written, missing };
}

/** A blob, or undefined where the store has lost it or what it holds is not what it was. */
export async function blobIfThere(hash: string, blobs: ReadBlobs): Promise<Uint8Array | undefined> {
  try {
    return await blobs.getBlob(hash);
  } catch (error) {
    if (error instanceof CortexError && (error.code === 'blob-missing' || error.code === 'blob-damaged'))
      return undefined;
    throw error;
  }
}

async function readResult(
  task: { declared: { id: string; capability: string }; result?: string },
  blobs: ReadBlobs,
): Promise<JoinedResult> {
  const hash = task.result ?? '';
  const text = Buffer.from(await blobs.getBlob(hash)).toString('utf8');
  return {
    task: task.declared.id,
    capability: task.declared.capability,
    hash,
    result: resultSchema.parse(JSON.parse(text)),
  };
}

async function readBaselineList(state: ExecutionState, blobs: ReadBlobs): Promise<readonly Asset[]> {
  const hash = state.preflight?.baseline.list;
  if (!hash) return [];
  return assetListSchema.parse(JSON.parse(Buffer.from(await blobs.getBlob(hash)).toString('utf8'))).assets;
}

function artefact(
  title: string,
  mediaType: string,
  text: string,
): { sha256: string; title: string; mediaType: string; bytes: number } {
  return { sha256: sha256(text), title, mediaType, bytes: Buffer.byteLength(text) };
}

/** A number whose artefact is gone proves nothing: a run that ends so has not ended well. */
export function evidenceLost(hashes: readonly string[]): Error {
  return outside('blob-missing', `The store has lost ${hashes.length} artefacts: ${hashes.slice(0, 3).join(', ')}`, {
    hint: 'Restore them, or run the execution again. `cortex report` reports what is there.',
  });
}
