import type { Event, EventData, EventType } from '../../protocol/event.ts';
import { printable } from './printable.ts';

type Describe = { readonly [T in EventType]: (data: EventData<T>) => string };

/** One line that says what an event means, for logs and plain progress. */
export function describeEvent(event: Event): string {
  return printable((describe[event.type] as (data: unknown) => string)(event.data));
}

const describe: Describe = {
  'execution.started': (data) =>
    `execution of ${data.plan.name} on ${data.repository} at ${data.commit.slice(0, 12)}: ${data.masters.length} masters, ${data.tasks.length} tasks`,
  'execution.resumed': (data) => `execution resumed; taking up ${data.relaunching.length} workers`,
  'phase.started': (data) => `phase ${data.phase} started (limit ${seconds(data.limitMs)})`,
  'phase.overran': (data) => `phase ${data.phase} takes longer than the plan's ${seconds(data.limitMs)}`,
  'phase.ended': (data) =>
    `phase ${data.phase} ended after ${seconds(data.tookMs)}: ${data.exit.map((each) => each.detail).join(', ')}`,
  'preflight.checked': (data) =>
    `preflight: ${data.checks.map((each) => `${each.check} ${each.ok === null ? 'absent' : each.ok ? 'ok' : 'FAILED'}`).join(', ')}`,
  'snapshot.taken': (data) =>
    `snapshot of ${data.files} files, ${data.bytes} bytes; ${data.leftOut.length} paths left out`,
  'task.routed': (data) => `${data.task} goes to ${data.master} (${data.strategy}, ${data.confidence}): ${data.reason}`,
  'task.queued': (data) =>
    `${data.task} queued${data.waitsFor.length > 0 ? `, waits for ${data.waitsFor.join(', ')}` : ''}`,
  'task.skipped': (data) => `${data.task} skipped: ${data.reason}`,
  'task.blocked': (data) => `${data.task} blocked by ${data.by.join(', ')}`,
  'task.completed': (data) => `${data.task} ${data.status}: ${data.summary}`,
  'task.failed': (data) =>
    `${data.task} failed after ${data.attempts} attempts: ${data.code}: ${data.message} ${data.hint}`,
  'master.activated': (data) => `${data.master} active with ${data.tasks} tasks`,
  'master.reported': (data) => `${data.master} reports ${data.outcome}: ${data.summary}`,
  'budget.reserved': (data) => `${data.key} reserves ${data.tokens} tokens`,
  'budget.settled': (data) => `${data.key} used ${data.tokens} tokens`,
  'budget.refused': (data) => `${data.key} gets no budget: ${data.reason}`,
  'worker.launched': (data) => `${data.worker} (${data.kind} ${data.capability}) started on ${data.node}`,
  'worker.placed': (data) => `${data.worker} runs as ${data.pod} on ${data.node}`,
  'worker.waiting': (data) => `${data.worker} waits (${data.reason}): ${data.detail}`,
  'worker.finished': (data) => `${data.worker} ${data.status} after ${seconds(data.durationMs)}`,
  'worker.lost': (data) =>
    `${data.worker} lost (${data.class}${data.cause && data.cause !== data.class ? `, ${data.cause}` : ''}): ${data.detail}${data.retryInMs === null ? '' : `; again in ${seconds(data.retryInMs)}`}`,
  'change.judged': (data) => `change ${data.change.slice(0, 12)} ${data.verdict}: ${data.title} (${data.reason})`,
  'escalation.raised': ({ severity, issue, escalation, options, answerBy }) =>
    `question (${severity}): ${issue}${answerBy === null ? '' : `; answer ${escalation} with ${options.join(' or ')} until ${answerBy.slice(11, 19)}`}`,
  'escalation.answered': (data) => `${data.escalation} answered with ${data.choice} by ${data.by}`,
  'results.aggregated': (data) => `${data.totals.results.aggregated} of ${data.totals.results.expected} results joined`,
  'criteria.evaluated': (data) => `criteria: ${data.criteria.map((each) => `${each.id} ${each.outcome}`).join(', ')}`,
  'report.written': (data) => `report written: ${data.files.length} files`,
  'execution.ended': (data) => `execution ended ${data.status} (exit code ${data.exitCode}): ${data.reason}`,
  'budget.expired': (data) => `${data.key} never settled its ${data.tokens} tokens: they go back to ${data.account}`,
  'budget.requested': (data) => `${data.account} asks for ${data.tokens} tokens for ${data.task}`,
  'budget.moved': (data) => `${data.tokens} tokens go from ${data.from} to ${data.to}: ${data.reason}`,
  'budget.denied': (data) => `${data.account} gets no further budget for ${data.key}: ${data.reason}`,
  'leg.joined': (data) => `${data.leg} takes part with ${data.masters.join(', ')}`,
  'leg.measured': (data) =>
    `${data.leg}: its store answered in ${data.meanMs.toFixed(2)} ms (mean of ${data.commands})`,
  'master.silent': (data) =>
    `${data.master} is silent: ${data.owner} has not renewed its claim for ${seconds(data.silentMs)}`,
  'master.adopted': (data) =>
    `${data.leg} runs ${data.master}${data.from === null ? ', which nobody else does' : ` instead of ${data.from}`}`,
  'handoff.requested': (data) => `${data.from} hands ${data.need} to ${data.to}, for ${data.task}`,
  'handoff.picked': (data) => `${data.to} picks up ${data.handoff}`,
  'handoff.expired': (data) => `${data.handoff} was not picked up in time: ${data.reason}`,
  'paths.claimed': (data) =>
    `${data.master} would change ${data.changes.reduce((sum, each) => sum + each.paths.length, 0)} files`,
  'paths.settled': (data) => `claims on paths settled: ${data.held.length} changes held back`,
  'watch.lost': (data) => `${data.leg} has lost sight of its workers: ${data.detail}`,
  'watch.restored': (data) => `${data.leg} sees its workers again after ${seconds(data.gapMs)}`,
  'cluster.sampled': (data) => `${data.nodes.length} nodes and ${data.workers.length} workers sampled`,
  'cluster.unsampled': (data) => `the use of the cluster is unknown: ${data.reason}`,
  'execution.cancelled': (data) => `cancelled by ${data.by}`,
  'claim.taken': (data) => `${data.owner} holds ${data.claim}`,
  'claim.released': (data) => `${data.owner} lets go of ${data.claim}`,
};

function seconds(ms: number): string {
  return ms >= 60_000
    ? `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
    : `${(ms / 1000).toFixed(1)} s`;
}
