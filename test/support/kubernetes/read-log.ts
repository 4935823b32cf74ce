import type { ServerResponse } from 'node:http';
import type { Kubelets } from './kubelet.ts';
import type { Pod } from './objects.ts';
import { linesSince, withTime, type LogLine } from './pod-log.ts';
import { badRequest, failure, Refusal } from './status.ts';

/** Answers `pods/log`: what there is, and what comes where it is followed. Throws where the node can't say. */
export function readLog(
  kubelets: Kubelets,
  { pod, query, zoneHours }: { readonly pod: Pod; readonly query: URLSearchParams; readonly zoneHours: number },
  response: ServerResponse,
): void {
  const container = pod.spec.containers[0]?.name ?? '';
  const state = pod.status.containerStatuses?.[0]?.state;
  if (!state || state.waiting) {
    const reason = state?.waiting?.reason ?? 'ContainerCreating';
    throw badRequest(`container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${reason}`);
  }
  const log = kubelets.runOf(pod)?.log;
  if (!log) throw unanswered(pod, container);
  const write = (line: LogLine): string => (query.get('timestamps') === 'true' ? withTime(line, zoneHours) : line.text);
  const since = query.get('sinceTime');
  const tail = query.get('tailLines');
  const known = since === null ? log.lines : linesSince(log.lines, Date.parse(since));
  response.writeHead(200, { 'content-type': 'text/plain' });
  const send = (line: LogLine): void => void response.write(`${write(line)}\n`);
  known.slice(tail === null ? 0 : -Number(tail)).forEach(send);
  if (query.get('follow') !== 'true' || log.isEnded()) {
    response.end();
    return;
  }
  response.flushHeaders();
  const stop = log.follow((line) => {
    if (line) send(line);
    else response.end();
  });
  response.once('close', stop);
}

/** The node's own port does not answer, as that of a simulated node. */
function unanswered({ metadata }: Pod, container: string): Refusal {
  const url = `https://127.0.0.1:10250/containerLogs/${metadata.namespace}/${metadata.name}/${container}`;
  const message = `Get "${url}": dial tcp 127.0.0.1:10250: connect: connection refused`;
  return new Refusal(failure({ code: 500, reason: 'InternalError', message }));
}
