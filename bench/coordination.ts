/**
 * The shared store beside its own server, and projections beside reading: `npm run bench:coordination`. Ours and raw
 * commands take turns in one process, over the same client library, with 64 callers at the same time: as one process has
 * them, over one connection, and each over a connection of its own, as 64 processes would. Figures are medians of the
 * turns; goals stand beside them and fail nothing.
 */
import { availableParallelism } from 'node:os';
import { measureProjection } from './projection-figures.ts';
import { measureStore, type Load } from './store-figures.ts';
import { table, type Row } from './table.ts';

console.log(`Node ${process.version} on ${availableParallelism()} cores\n`);
console.log(table([...(await storeRows()), ...projectionRows()]));

async function storeRows(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const engine of ['redis', 'valkey'] as const) {
    for (const load of [
      { connections: 1, callersEach: 64 },
      { connections: 64, callersEach: 1 },
    ]) {
      rows.push(...(await loadRows(engine, load)));
    }
  }
  return rows;
}

async function loadRows(engine: 'redis' | 'valkey', load: Load): Promise<readonly Row[]> {
  const figures = await measureStore(engine, load);
  if (!figures) return [{ what: `${engine}: no server on this machine`, measured: '' }];
  const { rawXadd, append, rawStep, rawLeast, reserve } = figures;
  const name = `${engine}, 64 callers over ${load.connections === 1 ? 'one connection' : '64 connections'}`;
  return [
    { what: `${name}: raw XADD`, measured: rate(rawXadd) },
    { what: '  append', measured: rate(append), ratio: append / rawXadd, goal: '≥ 0.8 × raw XADD' },
    { what: '  raw EVALSHA of the same step', measured: rate(rawStep) },
    { what: '  reserve', measured: rate(reserve), ratio: reserve / rawStep, goal: '≥ 0.8 × raw EVALSHA' },
    { what: '  raw EVALSHA of the least booking there could be', measured: rate(rawLeast), ratio: reserve / rawLeast },
  ];
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
