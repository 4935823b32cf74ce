import { constants } from 'node:os';
import type { LaunchRequest } from '../../../src/protocol/attempt.ts';
import { noUsage } from '../../../src/protocol/result.ts';
import type { Script } from '../launcher-contract.ts';

interface Life {
  durationMs: number;
  stopMs: number;
  exitCode: number;
  reason: string | undefined;
  message: string;
  isOver: boolean;
  /** Why it never starts. */
  waiting: string | undefined;
}

const mebibyte = 1024 * 1024;
/** What V8 leaves behind when its heap is full: 128 + SIGABRT. */
const heapExhausted = 134;

/** As `programs/worker.mjs` leaves it. */
const envelope = {
  v: 1,
  attempt: 1,
  status: 'done',
  exitCode: 0,
  result: null,
  usage: { ...noUsage, inputTokens: 7 },
  resources: { cpuMs: 1, peakBytes: 1 },
};

type Act = (life: Life, argument: unknown, request: LaunchRequest) => void;

const acts: Readonly<Record<string, Act>> = {
  leave: (life, change, { worker }) => {
    life.message = JSON.stringify({ ...envelope, worker, ...(change as object | undefined) });
  },
  scribble: (life, text) => {
    life.message = String(text);
  },
  wait: (life, ms) => {
    life.durationMs += Number(ms);
  },
  /** Only on a simulated node: it never starts, for this reason. */
  hold: (life, reason) => {
    life.waiting = String(reason);
  },
  ignore: (life) => {
    life.stopMs = 1500;
  },
  allocate: (life, mebibytes, { memoryBytes }) => {
    if (Number(mebibytes) * mebibyte > memoryBytes) end(life, 137, 'OOMKilled');
  },
  fill: (life) => end(life, heapExhausted),
  signal: (life, name) => end(life, 128 + constants.signals[name as NodeJS.Signals]),
  exit: (life, code) => end(life, Number(code)),
};

function end(life: Life, exitCode: number, reason?: string): void {
  Object.assign(life, { exitCode, reason, isOver: true });
}

/** What a scripted worker would do, as annotations by which a simulated node lets its pod live. */
export function simulatedLife(script: Script, request: LaunchRequest): Readonly<Record<string, string>> {
  const life: Life = {
    durationMs: 1,
    stopMs: 100,
    exitCode: 0,
    reason: undefined,
    message: '',
    isOver: false,
    waiting: undefined,
  };
  for (const [name, argument] of script) {
    const act = acts[name];
    if (!act) throw new Error(`a simulated node can't show what a worker does by ${name}`);
    if (!life.isOver) act(life, argument, request);
  }
  return {
    'simulate/duration': `${life.durationMs}ms`,
    'simulate/stop': `${life.stopMs}ms`,
    'simulate/message': life.message,
    ...(life.exitCode === 0 ? {} : { 'simulate/exit-code': String(life.exitCode) }),
    ...(life.waiting === undefined ? {} : { 'simulate/waiting': life.waiting }),
    ...(life.reason === undefined ? {} : { 'simulate/reason': life.reason }),
  };
}
