import { mastersOf, type Report } from '../../protocol/report.ts';
import { section, table } from './blocks.ts';
import { formatNumber } from './format.ts';
import { counted, numberOf } from './figures.ts';

/** Tokens and money against the budget; where no model was used, that and the budget, without a table of zeros. */
export function spendingSection(report: Report): string | undefined {
  return section('Tokens and money', [
    spentSentence(report),
    report.totals.tokens_used === 0 ? undefined : masterTable(report),
  ]);
}

function spentSentence(report: Report): string {
  const { totals } = report;
  const tokens = numberOf(report, 'tokens.used', totals.tokens_used);
  const money = numberOf(report, 'money.used', totals.usd_used);
  const share = totals.efficiency === null ? '' : ` (${formatNumber(Math.round(totals.efficiency * 1000) / 10)} %)`;
  const spent = `${counted(tokens, 'token')} of ${formatNumber(totals.tokens_budget)}${share} and ${money.text} of ${formatNumber(totals.usd_budget)} USD used; the budget holds a reserve of ${formatNumber(report.reserve_tokens)} tokens.`;
  return totals.tokens_used === 0 ? `No model was used. ${spent}` : spent;
}

function masterTable(report: Report): string | undefined {
  const spenders = mastersOf(report).filter(({ master }) => master.tokens_used > 0);
  const rows = spenders.map(({ name, master }) => [
    name,
    formatNumber(master.tokens_used),
    formatNumber(master.token_budget),
    formatNumber(master.usd_used),
  ]);
  return table(['Master', { number: 'Tokens' }, { number: 'Budget' }, { number: 'USD' }], rows, {
    report,
    items: rows.length,
  });
}
