import { posix } from 'node:path';
import type { MarkdownDocument } from '../../../checks/markdown/read-markdown.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import { foldersAbove } from './check-paths.ts';
import { didTheyMean, type Drift } from './drift-findings.ts';
import { startedScript } from './package-scripts.ts';
import type { Projects } from './projects.ts';
import { isPlain, isShell, shellCommands, type ShellCommand } from './shell-lines.ts';
import type { Tree } from './tree.ts';

export interface CommandPlace {
  readonly document: string;
  readonly tree: Tree;
  /** Name of the repository: `cd` to it after a clone leads to the root. */
  readonly repositoryName: string;
  readonly projects: Projects;
}

/** Where a command may run: any of these folders, each empty or ending in `/`. */
interface Whereabouts extends CommandPlace {
  readonly folders: readonly string[];
  /** Names of files that earlier commands may have made or fetched. */
  readonly made: ReadonlySet<string>;
}

type Rule = (command: ShellCommand, where: Whereabouts) => Drift | undefined;

const rules: readonly Rule[] = [checkScript, checkMake, checkStartedFile];

/**
 * Checks the commands that a document shows in shell blocks: scripts of package.json, targets of makefiles, script
 * files. A command may mean the document's folder, any above it, or one that an earlier `cd` named; after a `cd` into
 * what is no folder here, nothing more is said.
 */
export function checkCommands(document: MarkdownDocument, place: CommandPlace): readonly Drift[] {
  const commands = document.codeBlocks.filter(isShell).flatMap(shellCommands);
  let folders = foldersAbove(place.document);
  const drifts: Drift[] = [];
  const made = new Set<string>();
  for (const command of commands) {
    if (command.words[0] === 'cd') {
      const known = changeFolder((command.words[1] ?? '').replace(/(?<=.)\/$/, ''), folders, place);
      if (known === undefined) break;
      folders = known;
    } else if (command.words[0] !== undefined && isPlain(command.words[0])) {
      drifts.push(...rules.flatMap((rule) => rule(command, { ...place, folders, made }) ?? []));
    }
    for (const name of namesMadeBy(command)) made.add(name);
  }
  return drifts;
}

function changeFolder(target: string, folders: readonly string[], place: CommandPlace): readonly string[] | undefined {
  if (/^\.\.?(?:\/\.\.?){0,20}$/.test(target) || target === place.repositoryName) return folders;
  if (!isPlain(target) || target.startsWith('/')) return undefined;
  const entered = folders
    .map((folder) => posix.normalize(folder + target))
    .filter((folder) => place.tree.kindOf(folder) === 'folder');
  return entered.length === 0 ? undefined : [...new Set([...folders, ...entered.map((folder) => `${folder}/`)])];
}

function checkScript(command: ShellCommand, where: Whereabouts): Drift | undefined {
  const script = startedScript(command.words);
  if (script === undefined || !isPlain(script)) return undefined;
  const nearest = where.folders.flatMap((folder) => where.projects.scriptsIn(folder) ?? []).at(-1);
  // A script of another package may be meant: prose often says where to go before a command.
  const holds = where.projects
    .allScripts()
    .some(({ scripts, dependencies }) => scripts.has(script) || dependencies.has(script));
  // `npm start` without a script starts server.js.
  if (nearest === undefined || holds || (script === 'start' && where.tree.endsLike('server.js'))) return undefined;
  return {
    rule: 'unknown-script',
    said: command.words.slice(0, 3).join(' '),
    message: `${nearest.path} has no script "${script}".${didYouMean(script, [...nearest.scripts])}`,
    remedy: `Name a script that is there, or add "${script}" to the scripts of ${nearest.path}.`,
    confidence: 'high',
    line: command.line,
    column: command.column,
  };
}

function checkMake(command: ShellCommand, where: Whereabouts): Drift | undefined {
  const [program, ...words] = command.words;
  if (program !== 'make' || words.some((word) => word.startsWith('-') || !isPlain(word))) return undefined;
  const makefiles = where.folders.flatMap((folder) => where.projects.makefileIn(folder) ?? []);
  const known = makefiles.filter((makefile) => makefile !== 'unknown');
  const nearest = known.at(-1);
  if (nearest === undefined || known.length < makefiles.length) return undefined;
  const targets = words.filter((word) => !word.includes('='));
  const isThere = (target: string): boolean =>
    known.some((makefile) => makefile.has(target)) ||
    where.folders.some((folder) => where.tree.kindOf(folder + target) === 'file');
  const missing = targets.find((target) => !isThere(target));
  if (missing === undefined) return undefined;
  return {
    rule: 'unknown-target',
    said: `make ${missing}`,
    message: `${nearest.path} has no target "${missing}".`,
    remedy: `Name a target that is there, or add "${missing}" to ${nearest.path}.`,
    confidence: 'high',
    line: command.line,
    column: command.column,
  };
}

const interpreters: ReadonlySet<string> = new Set(['bash', 'node', 'python', 'python3', 'ruby', 'sh', 'tsx', 'zsh']);
/** Names that stand for the reader's own program. */
const anyProgram =
  /^(?:app|demo|example|file|foo|hello|index|main|my[-_]?\w{0,30}|program|sample|script|server|test|your[-_]?\w{0,30})\.\w{1,5}$/i;
const scriptName = /\.(?:bash|cjs|cts|js|mjs|mts|pl|ps1|py|rb|sh|ts|zsh)$/;

function checkStartedFile(command: ShellCommand, where: Whereabouts): Drift | undefined {
  const file = startedFile(command.words);
  if (file === undefined || !looksLikeScript(file, where) || where.made.has(posix.basename(file))) return undefined;
  const paths = where.folders.map((folder) => posix.normalize(folder + file));
  const name = posix.normalize(file);
  const holds = paths.some(
    (path) => path.startsWith('..') || where.tree.kindOf(path) !== undefined || where.tree.isUnseen(path),
  );
  if (holds || where.tree.endsLike(name)) return undefined;
  return {
    rule: 'dead-path',
    said: command.words.slice(0, 2).join(' '),
    message: `The command starts ${name}, which is not in the repository.${didTheyMean(where.tree.lookalike(name))}`,
    remedy: 'Correct the path, or drop the command if the script is gone.',
    confidence: 'high',
    line: command.line,
    column: command.column,
  };
}

function startedFile([program = '', file]: readonly string[]): string | undefined {
  const started = interpreters.has(program) ? file : program.startsWith('./') ? program : undefined;
  return started !== undefined && isPlain(started) && /^[\w.]/.test(started) && !started.includes(':')
    ? started
    : undefined;
}

function looksLikeScript(file: string, { folders, tree }: Whereabouts): boolean {
  const segments = posix.normalize(file).split('/');
  const inFolder =
    segments.length > 1 && folders.some((folder) => tree.kindOf(folder + (segments[0] ?? '')) === 'folder');
  return inFolder || (scriptName.test(file) && !(segments.length === 1 && anyProgram.test(file)));
}

/** Every file that a command names may be its work, unless the command starts a file or only changes its mode. */
function namesMadeBy({ words }: ShellCommand): readonly string[] {
  if (startedFile(words) !== undefined || words[0] === 'chmod') return [];
  return words.map((word) => posix.basename(word.replace(/^[0-9&]{0,2}>{1,2}/, '')));
}
