import type { Report } from '../../protocol/report.ts';
import { bullets, section } from './blocks.ts';
import { code, plain, sentence } from './escape.ts';
import { formatCount, formatDuration, formatNumber } from './format.ts';

type Coordination = NonNullable<Report['coordination']>;

/** What the coordinator did between masters: budget that it moved, hand-offs that nobody took, masters that went silent. */
export function coordinationSection(report: Report): string | undefined {
  if (!report.coordination) return undefined;
  const { budget_moves: moves, expired_handoffs: handoffs, silent_masters: silences } = report.coordination;
  const items = [...moves.map(movedItem), ...handoffs.map(expiredItem), ...silences.map(silentItem)];
  return section('Between masters', [bullets(items, { report, items: 30 })]);
}

function movedItem({ from, to, tokens, usd, reason }: Coordination['budget_moves'][number]): string {
  const giver = from === 'reserve' ? 'the reserve' : from === 'person' ? 'a person' : from;
  return `${to} got ${formatCount(tokens, 'token')} and ${formatNumber(usd)} USD from ${giver}: ${sentence(reason)}`;
}

function expiredItem(handoff: Coordination['expired_handoffs'][number]): string {
  const { from, to, task_id: task, need, reason, picked_up_late: late } = handoff;
  const end = late ? ' It was picked up later.' : '';
  return `What ${from} handed to ${to} (${code(need, 80)}, for ${code(task, 80)}) was not picked up in time: ${sentence(reason)}${end}`;
}

function silentItem({ master, owner, silent_seconds: seconds }: Coordination['silent_masters'][number]): string {
  return `${master} was silent for ${formatDuration(seconds)}; its claim was taken from ${plain(owner, 120)}.`;
}
