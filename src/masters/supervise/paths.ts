import type { MasterContext } from '../context.ts';
import { allClaimed, settlePaths } from '../path-claims.ts';

/** Settles who may change what, once every master has said what it would change. */
export async function settleClaims({ board }: MasterContext): Promise<void> {
  const { state } = board;
  if (state.pathsSettled || !allClaimed(state)) return;
  await board.write({
    id: 'paths.settled',
    actor: 'coordinator-master',
    fence: 0,
    type: 'paths.settled',
    data: { held: settlePaths(state.pathClaims) },
  });
}
