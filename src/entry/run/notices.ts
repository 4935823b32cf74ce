import type { Board } from '../../masters/board.ts';
import { fenceOf, type MasterContext } from '../../masters/context.ts';
import type { LaunchNotice } from '../../protocol/attempt.ts';
import type { NewEvent } from '../../protocol/event.ts';
import { sha256 } from '../../shared/canonical.ts';
import { runEvent } from './run-event.ts';

/** What a launcher sees, on its way to the log: kept until somebody takes it. */
export interface NoticeRelay {
  readonly tell: (notice: LaunchNotice) => void;
  readonly take: (listener: (notice: LaunchNotice) => void) => void;
}

export function noticeRelay(): NoticeRelay {
  const kept: LaunchNotice[] = [];
  let listen: ((notice: LaunchNotice) => void) | undefined;
  return {
    tell: (notice) => {
      if (listen) listen(notice);
      else kept.push(notice);
    },
    take: (listener) => {
      listen = listener;
      kept.splice(0).forEach(listener);
    },
  };
}

/** Writes notices into the log. One that can't be written is not worth the run: the workers go on. */
export function writeNotices(relay: NoticeRelay, board: Pick<Board, 'write'>, context: MasterContext): void {
  let losses = 0;
  relay.take((notice) => {
    if (notice.of === 'watch-lost') losses += 1;
    board.write(eventOf(notice, context, losses)).catch(() => undefined);
  });
}

function eventOf(notice: LaunchNotice, context: MasterContext, losses: number): NewEvent {
  const { leg } = context;
  if (notice.of === 'watch-lost') return runEvent('watch.lost', { leg, detail: notice.detail }, `:${leg}:${losses}`);
  if (notice.of === 'watch-restored')
    return runEvent('watch.restored', { leg, gapMs: notice.gapMs }, `:${leg}:${losses}`);
  const { worker, task, master } = notice;
  const common = { actor: master, fence: fenceOf(master, context) };
  if (notice.of === 'placed') {
    const { pod, node } = notice;
    return {
      ...common,
      id: `worker.placed:${worker}:${pod}`,
      type: 'worker.placed',
      data: { worker, task, master, pod, node },
    };
  }
  const { reason, detail } = notice;
  const id = `worker.waiting:${worker}:${reason}:${sha256(detail).slice(0, 12)}`;
  return { ...common, id, type: 'worker.waiting', data: { worker, task, master, reason, detail } };
}
