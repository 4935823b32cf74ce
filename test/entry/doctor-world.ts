import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readArguments } from '../../src/entry/arguments.ts';
import { doctorCommand } from '../../src/entry/commands/doctor.ts';
import { readEnvironment, type Environment } from '../../src/entry/environment.ts';
import { changedPlan, type Change } from '../support/plans.ts';

const documentSchema = z.strictObject({
  exitCode: z.number(),
  checks: z.array(
    z.strictObject({
      check: z.string(),
      ok: z.boolean().nullable(),
      seen: z.string(),
      needed: z.string(),
      remedy: z.string().optional(),
    }),
  ),
});

/** What the doctor said as JSON, and how it ended. */
export interface Diagnosis {
  readonly code: number;
  readonly failed: readonly string[];
  /** The line of a check; of several, one that failed. */
  readonly line: (check: string) => z.infer<typeof documentSchema>['checks'][number] | undefined;
}

/** A folder with plans, and doctors who know of nothing but what they are told. */
export interface DoctorWorld {
  readonly folder: string;
  /** The simple plan with one difference, as a file. */
  readonly plan: (change?: Change) => string;
  readonly file: (name: string, text: string) => string;
  readonly diagnose: (flags: readonly string[], given?: Partial<Environment>) => Promise<Diagnosis>;
  /** The same as text, as a terminal of that width shows it. */
  readonly show: (flags: readonly string[], given?: Partial<Environment>) => Promise<string>;
  readonly remove: () => void;
}

export function doctorWorld(): DoctorWorld {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-doctor-'));
  let plans = 0;
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const run = async (
    flags: readonly string[],
    given: Partial<Environment>,
  ): Promise<{ code: number; text: string }> => {
    const read = readEnvironment();
    const github = { ...read.github, token: undefined, repository: undefined, appId: undefined, appKey: undefined };
    const nothing = { store: undefined, workerStore: undefined, kubeconfig: undefined, home: folder, github };
    const environment = { ...read, ...nothing, isTerminal: false, hasModelKey: false, ...given };
    let text = '';
    const io = { out: (said: string) => void (text += said), err: (said: string) => void (text += said) };
    const code = await doctorCommand(readArguments('doctor', flags), { io, environment });
    return { code, text };
  };
  return {
    folder,
    file,
    plan: (change) => file(`plan-${(plans += 1)}.yaml`, changedPlan(change)),
    diagnose: async (flags, given = {}) => {
      const { code, text } = await run([...flags, '--json'], given);
      const { checks, exitCode } = documentSchema.parse(JSON.parse(text));
      if (exitCode !== code) throw new Error(`the document says ${exitCode}, and the command ended with ${code}`);
      return {
        code,
        failed: checks.filter(({ ok }) => ok === false).map(({ check }) => check),
        line: (name) => {
          const named = checks.filter(({ check }) => check === name);
          return named.find(({ ok }) => ok === false) ?? named[0];
        },
      };
    },
    show: async (flags, given = {}) => (await run(flags, given)).text,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
