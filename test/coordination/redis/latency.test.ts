import { expect, it } from 'vitest';
import { latencyMeter } from '../../../src/coordination/redis/latency.ts';

it('knows nothing before the first command', () => {
  expect(latencyMeter().read()).toEqual({ commands: 0, meanMs: 0, p95Ms: 0, maxMs: 0 });
});

it('tells the mean and the longest exactly, and the 95th of a hundred within a tenth', () => {
  const meter = latencyMeter();
  for (let ms = 1; ms <= 100; ms++) meter.record(ms);
  const { commands, meanMs, p95Ms, maxMs } = meter.read();
  expect([commands, meanMs, maxMs]).toEqual([100, 50.5, 100]);
  expect(p95Ms).toBeGreaterThanOrEqual(95);
  expect(p95Ms).toBeLessThanOrEqual(95 * 1.1);
});

it('takes the very short and the very long', () => {
  const meter = latencyMeter();
  meter.record(0);
  meter.record(3_600_000);
  expect(meter.read()).toEqual({ commands: 2, meanMs: 1_800_000, p95Ms: 3_600_000, maxMs: 3_600_000 });
});
