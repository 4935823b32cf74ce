import type { Report } from '../../protocol/report.ts';
import { compareText } from '../../shared/canonical.ts';
import { nounFor } from '../../shared/noun.ts';
import { bullets, section, table } from './blocks.ts';
import { code } from './escape.ts';
import { formatCount, formatNumber } from './format.ts';
import { counted, numberOf } from './figures.ts';

/** What the catalog knew before, knows now and learnt, by kind; left out where nothing was ever catalogued. */
export function assetsSection(report: Report): string | undefined {
  const { totals } = report;
  if (totals.assets_after === 0 && totals.assets_before === 0) return undefined;
  return section('Assets', [totalsSentence(report), kindTable(report), discoveredList(report)]);
}

function totalsSentence(report: Report): string {
  const { totals } = report;
  const before = numberOf(report, 'assets.before', totals.assets_before);
  const after = numberOf(report, 'assets.after', totals.assets_after);
  const discovered = numberOf(report, 'assets.discovered', totals.assets_discovered);
  const gone = before.value + discovered.value - after.value;
  const left = gone > 0 ? `, ${formatNumber(gone)} no longer seen` : '';
  return `${before.text} before, ${counted(after, 'asset')} now: ${discovered.text} discovered${left}.`;
}

function kindTable(report: Report): string | undefined {
  const kinds = Object.entries(report.assets_by_kind).sort(([a], [b]) => compareText(a, b));
  const rows = kinds.map(([kind, count]) => [kind, formatNumber(count), formatNumber(discoveredOf(report, kind))]);
  return table(['Kind', { number: 'Now' }, { number: 'Discovered' }], rows, { report, items: 40 });
}

/** An asset's reference opens with its kind in lower case. */
function discoveredOf(report: Report, kind: string): number {
  return report.assets_discovered.filter((ref) => ref.startsWith(`${kind.toLowerCase()}:`)).length;
}

function discoveredList(report: Report): string | undefined {
  const refs = report.assets_discovered;
  const list = bullets(
    refs.map((ref) => code(ref)),
    { report, items: 20 },
  );
  return (
    list && `${formatCount(refs.length, 'asset')} ${nounFor(refs.length, 'was', 'were')} not known before:\n\n${list}`
  );
}
