import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot } from './journey.ts';

/** One step of a job that ran the action. */
export interface Step {
  readonly code: number | null;
  /** Both streams, as the runner would read them. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What it handed on to the end of its job. */
  readonly state: Readonly<Record<string, string>>;
}

export interface StepPlace {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs the built action as a runner does: inputs in the environment, a file each for outputs and summary. */
export async function runAction(inputs: Readonly<Record<string, string>>, place: StepPlace): Promise<Step> {
  const files = mkdtempSync(join(tmpdir(), 'cortex-step-'));
  const file = (name: string): string => {
    writeFileSync(join(files, name), '');
    return join(files, name);
  };
  const [output, summary, states] = [file('output'), file('summary'), file('state')];
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
  try {
    const child = spawn(process.execPath, [join(projectRoot, 'dist', 'action.mjs')], {
      cwd: place.cwd,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: files,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_STATE: states,
        GITHUB_WORKSPACE: place.cwd,
        ...Object.fromEntries(given),
        ...place.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    place.onStart?.(child);
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    const outputs = readOutputs(readFileSync(output, 'utf8'));
    const state = readOutputs(readFileSync(states, 'utf8'));
    return { code, log: `${stdout}${stderr}`, outputs, summary: readFileSync(summary, 'utf8'), state };
  } finally {
    rmSync(files, { recursive: true, force: true });
  }
}

/** The end of a job: the action comes back to what its step has handed on, with the same inputs. */
export function endJob(step: Step, inputs: Readonly<Record<string, string>>, place: StepPlace): Promise<Step> {
  const state = Object.entries(step.state).map(([name, value]) => [`STATE_${name}`, value] as const);
  return runAction(inputs, { ...place, env: { ...place.env, ...Object.fromEntries(state) } });
}

/** The runner's file of outputs: `name<<delimiter`, the value, the delimiter. */
function readOutputs(content: string): Readonly<Record<string, string>> {
  const blocks = content.matchAll(/^([\w-]{1,80})<<(ghadelimiter_[\w-]{1,80})\n([^]*?)\n\2$/gm);
  return Object.fromEntries([...blocks].map(([, name = '', , value = '']) => [name, value]));
}
