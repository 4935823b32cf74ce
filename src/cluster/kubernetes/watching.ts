import { followPods } from './observe/pod-feed.ts';
import { workerSelector } from './spec/names.ts';
import { tendPodless } from './tend.ts';
import type { World } from './world.ts';

/** Watches the pods of an execution, and looks after attempts that have none, until the launcher is closed. */
export function watchWorkers({ options, transport, clients, times, attempts, strays, closing }: World): void {
  const common = { clients, namespace: options.namespace, selector: workerSelector(options.execution) };
  const feed = followPods(
    {
      ...common,
      transport,
      relistMs: times.relistMs,
      lostAfterMs: times.lostAfterMs,
      onPod: (pod) => {
        const attempt = attempts.get(pod.job);
        if (attempt?.jobUid === pod.jobUid) attempt.see(pod);
        else strays.set(pod.job, pod);
      },
      onGone: (pod) => {
        const attempt = attempts.get(pod.job);
        if (attempt?.jobUid === pod.jobUid) attempt.lose(pod);
        else strays.delete(pod.job);
      },
      onListed: (names) => {
        for (const attempt of attempts.values()) {
          const pod = attempt.pod();
          if (pod && !names.has(pod.name)) attempt.lose(undefined);
        }
      },
      onLost: (detail) => options.onNotice?.({ of: 'watch-lost', detail: detail.slice(0, 1000) }),
      onRestored: (gapMs) => options.onNotice?.({ of: 'watch-restored', gapMs }),
    },
    closing,
  );
  const tending = tendPodless({ ...common, attempts: () => attempts.values(), everyMs: times.tendMs }, closing);
  // Both end with the launcher alone; what they can't do, they try again.
  void Promise.all([feed, tending]);
}
