import { problem } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/nearest.ts';
import type { CommandLine } from '../arguments.ts';
import type { Environment } from '../environment.ts';

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export type RunCommandLine = (
  args: CommandLine,
  world: { readonly io: Io; readonly environment: Environment },
) => Promise<number>;

export interface Command {
  readonly name: string;
  readonly usage: string;
  /** How many words it takes beside its flags. */
  readonly takes: number;
  readonly summary: string;
  readonly examples: readonly string[];
  /** Loads the command's own code, and nothing of the others. */
  readonly load: () => Promise<RunCommandLine>;
}

export const commands: readonly Command[] = [
  {
    name: 'run',
    usage: 'run <plan> [flags]',
    takes: 1,
    summary: 'Run a plan on a repository and write state, results and report below coordination/',
    examples: [
      'cortex run plans/full-orchestration.yaml',
      'cortex run plans/security-nightly.yaml --target ../shop --masters security-master',
      'cortex run --resume CORTEX-EXEC-2026-11-23-160000',
      'cortex run plans/full-orchestration.yaml --store redis://10.0.0.5 --id CORTEX-EXEC-NIGHTLY --masters security-master',
      'cortex run plans/full-orchestration.yaml --store redis+tunnel://redis.cortex-system --launcher kubernetes',
      'cortex run --cancel CORTEX-EXEC-2026-11-23-160000 --store redis://10.0.0.5 --launcher kubernetes',
    ],
    load: async () => (await import('./run.ts')).runCommand,
  },
  {
    name: 'validate',
    usage: 'validate <plan…> [flags]',
    takes: Infinity,
    summary: 'Prove plans: every problem at once, each with place and remedy',
    examples: ['cortex validate plans/*.yaml', 'cortex validate plans/full-orchestration.yaml --format github'],
    load: async () => (await import('./validate.ts')).validateCommand,
  },
  {
    name: 'preview',
    usage: 'preview <plan> [flags]',
    takes: 1,
    summary: 'Forecast what a plan would run, and what it changes against a revision',
    examples: [
      'cortex preview plans/full-orchestration.yaml',
      'cortex preview plans/full-orchestration.yaml --base main --format md',
    ],
    load: async () => (await import('./preview.ts')).previewCommand,
  },
  {
    name: 'check',
    usage: 'check <plan…> [flags]',
    takes: Infinity,
    summary: 'Prove plans and show what a change of them would change, as a pull request gets to see it',
    examples: ['cortex check plans/*.yaml --base main', 'cortex check plans/full-orchestration.yaml --format md'],
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    name: 'doctor',
    usage: 'doctor [flags]',
    takes: 0,
    summary: 'Check what a run needs: plan, cluster, store, rights; each line says what to do',
    examples: [
      'cortex doctor',
      'cortex doctor --plan plans/full-orchestration.yaml --launcher kubernetes --store redis+tunnel://redis.cortex-system',
      'cortex doctor --launcher kubernetes --kube-context home --json',
    ],
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'watch',
    usage: 'watch [<id>] [flags]',
    takes: 1,
    summary: 'Follow an execution from its log',
    examples: [
      'cortex watch',
      'cortex watch CORTEX-EXEC-2026-11-23-160000 --store redis://10.0.0.5 --out coordination',
    ],
    load: async () => (await import('./watch.ts')).watchCommand,
  },
  {
    name: 'answer',
    usage: 'answer <id> <question> <choice> [flags]',
    takes: 3,
    summary: 'Answer a question that a run over a shared store has asked',
    examples: ['cortex answer CORTEX-EXEC-2026-11-23-160000 scan-secrets-critical proceed --store redis://10.0.0.5'],
    load: async () => (await import('./answer.ts')).answerCommand,
  },
  {
    name: 'report',
    usage: 'report [<id>] [flags]',
    takes: 1,
    summary: 'Rebuild report and state files from the log and the artefacts alone',
    examples: ['cortex report CORTEX-EXEC-2026-11-23-160000'],
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'publish',
    usage: 'publish [<id>] [flags]',
    takes: 1,
    summary: 'Bring results to GitHub, or show what would be written',
    examples: ['cortex publish', 'cortex publish CORTEX-EXEC-2026-11-23-160000 --mode apply --code-scanning'],
    load: async () => (await import('./publish.ts')).publishCommand,
  },
  {
    name: 'explain',
    usage: 'explain <finding|change|task|number> [<id>] [flags]',
    takes: 2,
    summary: 'Say where something comes from, down to the evidence',
    examples: ['cortex explain findings.total', 'cortex explain scan-workflows', 'cortex explain 3f9a1c'],
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'gc',
    usage: 'gc [flags]',
    takes: 0,
    summary: 'Remove from the cluster what executions have left behind',
    examples: ['cortex gc --dry-run', 'cortex gc --kube-context home'],
    load: async () => (await import('./gc.ts')).gcCommand,
  },
  {
    name: 'schema',
    usage: 'schema',
    takes: 0,
    summary: 'Print the JSON Schema of plans, for editors',
    examples: ['cortex schema > plan.schema.json'],
    load: async () => (await import('./schema.ts')).schemaCommand,
  },
];

/** The command of that name. Throws `unknown-command` with the nearest one. */
export function findCommand(name: string): Command {
  const command = commands.find((each) => each.name === name);
  if (command) return command;
  const names = commands.map((each) => each.name);
  throw problem('unknown-command', `There is no command ${JSON.stringify(name)}.${didYouMean(name, names)}`, {
    hint: `Commands: ${names.join(', ')}.`,
  });
}

/** Throws `too-many-arguments` where a command got words that it has no use for. */
export function refuseSurplus(command: Command, args: CommandLine): void {
  const surplus = args.positionals.slice(command.takes);
  if (surplus.length === 0) return;
  throw problem('too-many-arguments', `cortex ${command.name} has no use for ${surplus.join(' ')}`, {
    hint: `Write \`cortex ${command.usage}\`.`,
  });
}
