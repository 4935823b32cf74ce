import { livingNames } from '../claim.ts';
import type { MasterContext } from '../context.ts';

/** Says of hand-offs that nobody picked up in time that they have expired. A late pick-up is still one. */
export async function expireHandoffs(context: MasterContext): Promise<void> {
  const { board, store, now } = context;
  const late = [...board.state.handoffs.values()].filter(
    ({ requested, pickedAt, expired }) =>
      pickedAt === undefined && expired === undefined && Date.parse(requested.expiresAt) <= now(),
  );
  if (late.length === 0) return;
  const living = await livingNames(store);
  await board.write(
    ...late.map(({ requested: { handoff, to } }) => ({
      id: `handoff.expired:${handoff}`,
      actor: 'coordinator-master',
      fence: 0,
      type: 'handoff.expired' as const,
      data: { handoff, reason: living.has(to) ? `${to} is at work, and has not gone on with it` : `nobody runs ${to}` },
    })),
  );
}
