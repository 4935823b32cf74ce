/**
 * The shared store beside its own server, and projections beside reading: `npm run bench:coordination`. Ours and raw
 * commands take turns in one process, over the same client library, with 64 connections that each send one command after
 * the other. Figures are medians of the turns; goals stand beside them and fail nothing.
 */
import { availableParallelism } from 'node:os';
import { measureProjection } from './projection-figures.ts';
import { measureStore } from './store-figures.ts';
import { table, type Row } from './table.ts';

console.log(`Node ${process.version} on ${availableParallelism()} cores\n`);
console.log(table([...(await storeRows()), ...projectionRows()]));

async function storeRows(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const engine of ['redis', 'valkey'] as const) {
    const figures = await measureStore(engine);
    if (!figures) {
      rows.push({ what: `${engine}: no server on this machine`, measured: '' });
      continue;
    }
    const { rawXadd, append, rawEvalsha, reserve } = figures;
    rows.push(
      { what: `${engine}: raw XADD`, measured: rate(rawXadd) },
      { what: `${engine}: append`, measured: rate(append), ratio: append / rawXadd, goal: '≥ 0.8 × raw XADD' },
      { what: `${engine}: raw EVALSHA of the same step`, measured: rate(rawEvalsha) },
      {
        what: `${engine}: reserve and settle`,
        measured: rate(reserve),
        ratio: reserve / rawEvalsha,
        goal: '≥ 0.8 × raw EVALSHA',
      },
    );
  }
  return rows;
}

function projectionRows(): readonly Row[] {
  return [1e3, 1e4, 1e5, 1e6].map((events) => {
    const { parseMs, projectMs } = measureProjection(events);
    const what = `projecting ${events.toLocaleString('en')} events, beside JSON.parse of their lines`;
    const measured = `${((1e6 * projectMs) / events).toFixed(0)} ns an event`;
    return { what, measured, ratio: projectMs / parseMs, ...(events === 1e5 ? { goal: '≤ 3 × JSON.parse' } : {}) };
  });
}

function rate(perSecond: number): string {
  return `${Math.round(perSecond)} /s`;
}
