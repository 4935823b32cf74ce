import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stateFiles } from '../../execution/state-files.ts';
import type { ExecutionState } from '../../execution/execution-state.ts';
import type { Event } from '../../protocol/event.ts';
import { masterNames } from '../../protocol/words.ts';
import { writeFileAtomically } from '../../shared/files.ts';
import { describeEvent } from '../terminal/describe-event.ts';
import type { RunPaths } from './paths.ts';

/** State files follow the events at this distance at most: readers see whole files, we don't write hundreds of them. */
const quietMs = 500;

export interface StateWriter {
  readonly onEvent: (event: Event, state: ExecutionState) => void;
  /** Writes what is due, now. */
  readonly flush: () => void;
}

/** Keeps the state files and the masters' logs current while events come in. All text is masked. */
export function stateWriter(paths: RunPaths, mask: (text: string) => string): StateWriter {
  const written = new Map<string, string>();
  let latest: ExecutionState | undefined;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (latest) writeStateFiles({ out: paths.out, state: latest, written, mask });
  };
  mkdirSync(paths.logs, { recursive: true });
  return {
    flush,
    onEvent: (event, state) => {
      latest = state;
      timer ??= setTimeout(flush, quietMs).unref();
      logEvent(paths.logs, event, mask);
    },
  };
}

/** Writes each state file whose content has changed, in one step each. */
export function writeStateFiles(options: {
  readonly out: string;
  readonly state: ExecutionState;
  readonly written: Map<string, string>;
  readonly mask: (text: string) => string;
}): void {
  for (const { path, content } of stateFiles(options.state)) {
    const text = `${options.mask(JSON.stringify(content, null, 2))}\n`;
    if (options.written.get(path) === text) continue;
    options.written.set(path, text);
    writeFileAtomically(join(options.out, path), text);
  }
}

const masters = new Set<string>(masterNames);

function logEvent(logs: string, event: Event, mask: (text: string) => string): void {
  const name = masters.has(event.actor) ? event.actor : 'cortex';
  appendFileSync(join(logs, `${name}.log`), mask(`${event.at} ${event.seq} ${describeEvent(event)}\n`));
}
