import type { EventData, NewEvent } from '../../protocol/event.ts';

type RunEventType =
  | 'execution.resumed'
  | 'leg.joined'
  | 'leg.measured'
  | 'preflight.checked'
  | 'snapshot.taken'
  | 'results.aggregated'
  | 'criteria.evaluated'
  | 'report.written'
  | 'watch.lost'
  | 'watch.restored'
  | 'cluster.sampled'
  | 'cluster.unsampled'
  | 'execution.cancelled'
  | 'execution.ended';

/** An event of the run itself, not of a master. Each happens once, but for those that a suffix tells apart. */
export function runEvent<T extends RunEventType>(type: T, data: EventData<T>, suffix = ''): NewEvent {
  return { id: `${type}${suffix}`, actor: 'cortex', fence: 0, type, data } as NewEvent;
}
