import { plainChecks } from '../../cluster/kubernetes/doctor/check.ts';
import { createMasker } from '../../shared/mask.ts';
import { examine, exitCodeOf } from '../doctor/examine.ts';
import { renderSections } from '../doctor/render.ts';
import type { RunCommandLine } from './commands.ts';

/** Where the output is no terminal, lines are as long as this. */
const plainColumns = 100;

/** `cortex doctor`: says what a run would need and whether it is there. Runs nothing, and keeps nothing. */
export const doctorCommand: RunCommandLine = async (args, { io, environment }) => {
  const sections = await examine(args, environment);
  const exitCode = exitCodeOf(sections);
  const mask = createMasker([...environment.secrets, ...sections.flatMap(({ secrets = [] }) => secrets)]);
  const { isTerminal, noColor, columns } = environment;
  const shown = args.has('json')
    ? `${JSON.stringify({ exitCode, checks: plainChecks(sections.flatMap(({ lines }) => lines)) }, null, 2)}\n`
    : renderSections(sections, { columns: isTerminal ? columns : plainColumns, color: isTerminal && !noColor });
  io.out(mask(shown));
  return exitCode;
};
