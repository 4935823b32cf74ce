import { messageOf } from '../../../shared/errors.ts';
import { pause } from '../../../shared/pause.ts';
import { codeOf } from '../api/api-errors.ts';
import { readSample, type Sample, type Sampled } from './sample.ts';

export interface SamplerOptions extends Sampled {
  /** Asked before each sample: whether it is this process's to take. */
  readonly isOurs: () => boolean;
  readonly onSample: (sample: Sample) => void;
  /** Called at most once. */
  readonly onUnsampled: (reason: string) => void;
  readonly everyMs?: number;
}

/** As often as metrics-server looks itself. */
const everyMs = 15_000;
/** A sample that takes longer is no sample of a moment. */
const longestMs = 5000;
/** Between two looks at whether it is ours by now. */
const lookMs = 200;

/**
 * Samples until the signal aborts, or for good reason no more: metrics that are not there, or may not be read, are not
 * asked for again. Any other failure leaves a sample out, and is said once. Never throws.
 */
export async function sampleUse(options: SamplerOptions, signal: AbortSignal): Promise<void> {
  let isSaid = false;
  const say = (reason: string): void => {
    if (!isSaid) options.onUnsampled(reason);
    isSaid = true;
  };
  const betweenMs = options.everyMs ?? everyMs;
  while (!signal.aborted) {
    const isOurs = options.isOurs();
    const failure = isOurs ? await takeSample(options, signal) : undefined;
    if (signal.aborted) return;
    if (failure) say(failure.reason);
    if (failure?.isLasting) return;
    await pause(isOurs ? betweenMs : Math.min(betweenMs, lookMs), signal).catch(() => undefined);
  }
}

interface Failure {
  readonly reason: string;
  readonly isLasting: boolean;
}

async function takeSample(options: SamplerOptions, signal: AbortSignal): Promise<Failure | undefined> {
  try {
    const sample = await readSample(options, AbortSignal.any([signal, AbortSignal.timeout(longestMs)]));
    if (sample.nodes.length > 0) options.onSample(sample);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === 404) return { reason: 'the cluster has no metrics-server', isLasting: true };
    if (code === 403) return { reason: `this way in may not read it: ${messageOf(error)}`, isLasting: true };
    return { reason: `the metrics did not answer: ${messageOf(error)}`, isLasting: false };
  }
}
