import type { HandoffState } from '../execution/execution-state.ts';
import type { PlanTask } from '../plan/plan.ts';
import type { NewEvent } from '../protocol/event.ts';
import type { MasterName } from '../protocol/words.ts';
import { isoTime } from '../shared/clock.ts';
import type { OwnedTask } from './attempt.ts';
import { fenceOf, type MasterContext } from './context.ts';

/** How long a result may lie before the master that waits for it goes on with it. */
const pickUpMs = 600_000;

/** Says to the masters of other tasks that what they wait for is there. */
export function handOffs({ task, master }: OwnedTask, context: MasterContext): readonly NewEvent[] {
  const expiresAt = isoTime(Math.min(context.now() + pickUpMs, context.deadlineAt));
  return [...context.tasks.values()].flatMap((waiting) => {
    const to = waiting.needs.includes(task.id) ? ownerOf(waiting, context) : undefined;
    if (to === undefined || to === master) return [];
    const handoff = handoffName(task.id, waiting.id);
    const data = { handoff, from: master, to, task: waiting.id, need: task.id, expiresAt };
    const fence = fenceOf(master, context);
    return [{ id: `handoff.requested:${handoff}`, actor: master, fence, type: 'handoff.requested', data } as const];
  });
}

/** Says that a master goes on with what others have handed to it for a task. */
export async function pickUp({ task, master }: OwnedTask, context: MasterContext): Promise<void> {
  const { handoffs } = context.board.state;
  const waiting = task.needs
    .map((need) => handoffs.get(handoffName(need, task.id)))
    .filter((each): each is HandoffState => each !== undefined && each.pickedAt === undefined);
  if (waiting.length === 0) return;
  await context.board.write(
    ...waiting.map(({ requested: { handoff } }): NewEvent => ({
      id: `handoff.picked:${handoff}`,
      actor: master,
      fence: fenceOf(master, context),
      type: 'handoff.picked',
      data: { handoff, to: master, task: task.id },
    })),
  );
}

function handoffName(need: string, task: string): string {
  return `${need}:${task}`;
}

function ownerOf(task: PlanTask, context: MasterContext): MasterName | undefined {
  return task.master ?? context.board.state.tasks.get(task.id)?.master ?? undefined;
}
