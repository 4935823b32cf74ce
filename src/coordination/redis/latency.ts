/** How long commands took, from being sent to being answered; milliseconds. The mean is exact, p95 within a tenth. */
export interface Latency {
  readonly commands: number;
  readonly meanMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** Bounds of neighbouring buckets differ by 2^(1/8); the first holds all up to 10 µs, the last all above 10 minutes. */
const bucketsPerDoubling = 8;
const smallestMs = 0.01;
const buckets = 26 * bucketsPerDoubling;

/** Measures in a fixed space, however many commands there are. */
export function latencyMeter(): { readonly record: (ms: number) => void; readonly read: () => Latency } {
  const counts = new Uint32Array(buckets);
  let commands = 0;
  let totalMs = 0;
  let maxMs = 0;
  return {
    record: (ms) => {
      const bucket = bucketOf(ms);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      commands += 1;
      totalMs += ms;
      if (ms > maxMs) maxMs = ms;
    },
    read: () => ({
      commands,
      meanMs: commands === 0 ? 0 : totalMs / commands,
      p95Ms: Math.min(maxMs, boundOf(rankedBucket(counts, Math.ceil(commands * 0.95)))),
      maxMs,
    }),
  };
}

function bucketOf(ms: number): number {
  if (ms <= smallestMs) return 0;
  return Math.min(buckets - 1, Math.ceil(Math.log2(ms / smallestMs) * bucketsPerDoubling));
}

/** The largest value of a bucket; the last one has none. */
function boundOf(bucket: number): number {
  return bucket === buckets - 1 ? Infinity : smallestMs * 2 ** (bucket / bucketsPerDoubling);
}

function rankedBucket(counts: Uint32Array, rank: number): number {
  let below = 0;
  return Math.max(
    0,
    counts.findIndex((count) => (below += count) >= rank),
  );
}
