import type { Runtime } from './runtime.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** `200ms`, `5s`, `1m`. */
function readDuration(text: string | undefined, otherwiseMs: number): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text ?? '') ?? [];
  return digits === undefined ? otherwiseMs : Number(digits) * (units[unit] ?? 1);
}

/** Nodes that run nothing: annotations on the pod script its life (`simulate/…`, as on the simulated nodes of kwok). */
export function simulatedRuntime(later: (ms: number, act: () => void) => () => void): Runtime {
  return ({ metadata }, hooks) => {
    const script = (name: string): string | undefined => metadata.annotations?.[`simulate/${name}`];
    let cancel = (): void => undefined;
    const waiting = script('waiting');
    const exitCode = Number(script('exit-code') ?? 0);
    const end = (): void => {
      const reason = script('reason') ?? (exitCode === 0 ? 'Completed' : 'Error');
      hooks.ended({ exitCode, reason, message: script('message') ?? '' });
    };
    const begin = (): void => {
      hooks.started();
      cancel = later(readDuration(script('duration'), 1000), end);
    };
    if (waiting) hooks.waiting(waiting, 'simulated');
    else cancel = later(readDuration(script('start'), 0), begin);
    return {
      stop: () => {
        cancel();
        const stopped = { exitCode: 143, reason: 'Error', message: '' };
        cancel = later(readDuration(script('stop'), 200), () => hooks.ended(stopped));
      },
      log: undefined,
      bytes: () => undefined,
      discard: () => cancel(),
    };
  };
}
