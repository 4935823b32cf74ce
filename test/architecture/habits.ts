import { withoutComments, type Module } from './modules.ts';

/** Something that only some modules may do: where it is fine, and how it looks in code. */
export interface Habit {
  readonly what: string;
  readonly pattern: RegExp;
  readonly fineIn: readonly string[];
}

/** Each pattern is tried on code without comments, but for the marks, which are sought in comments too. */
export const habits: readonly Habit[] = [
  { what: 'starts processes', pattern: /['"](?:node:)?child_process['"]/, fineIn: ['shared/process.ts'] },
  { what: 'runs code in threads or other contexts', pattern: /['"]node:(?:worker_threads|vm|cluster)['"]/, fineIn: [] },
  { what: 'reads the environment', pattern: /\bprocess\.env\b/, fineIn: ['entry/'] },
  { what: 'reads arguments', pattern: /\bprocess\.(?:argv|execArgv)\b/, fineIn: ['entry/'] },
  { what: 'ends the process', pattern: /\bprocess\.(?:exit|exitCode|abort)\b/, fineIn: ['entry/'] },
  { what: 'writes to the terminal', pattern: /\bprocess\.(?:stdout|stderr|stdin)\b|\bconsole\.\w/, fineIn: ['entry/'] },
  {
    what: 'reads the clock',
    pattern: /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)/,
    fineIn: ['entry/', 'shared/clock.ts'],
  },
  // How long a child process ran and a command took is measured beside them, and is no part of any finding.
  {
    what: 'measures time',
    pattern: /\bperformance\.|\bhrtime\b/,
    fineIn: ['entry/', 'cluster/child-process/', 'cluster/kubernetes/', 'coordination/redis/'],
  },
  // How long a run waits that has collided with another on the results branch: both must not wait for the same time.
  {
    what: 'draws lots',
    pattern: /\bMath\.random\b|\brandomUUID\b|\brandomInt\b/,
    fineIn: ['entry/publish/publish-results.ts'],
  },
  // The name of a temporary file that is renamed before anyone sees it; the word that lets the runner listen again; what
  // tells one call to the shared store, or one user of it, from all others.
  {
    what: 'makes random bytes',
    pattern: /\brandomBytes\b/,
    fineIn: [
      'shared/files.ts',
      'entry/action.ts',
      'coordination/redis/token.ts',
      'coordination/redis/worker-access.ts',
    ],
  },
  { what: 'depends on the locale', pattern: /\blocaleCompare\b|\bIntl\.|\btoLocale\w+\(/, fineIn: [] },
  { what: 'runs text as code', pattern: /\beval\(|\bnew Function\(/, fineIn: [] },
  { what: 'says any', pattern: /[:<|,]\s*any\b(?!\s*:)|\bas any\b/, fineIn: [] },
  { what: 'exports without a name', pattern: /^export default\b/m, fineIn: [] },
];

const marks = /@ts-(?:ignore|expect-error|nocheck)|\b(?:TODO|FIXME|XXX)\b|(?:oxlint|eslint)-disable/;

/** What a module does that is not its to do. */
export function strayHabits(modules: readonly Module[]): readonly string[] {
  return modules.flatMap(({ path, text }) => {
    const code = withoutComments(text);
    const stray = habits.filter(
      ({ pattern, fineIn }) => pattern.test(code) && !fineIn.some((place) => path.startsWith(place)),
    );
    const marked = marks.exec(text);
    return [...stray.map(({ what }) => `${path} ${what}`), ...(marked ? [`${path} has a mark: ${marked[0]}`] : [])];
  });
}

/** Folders without exactly one file that opens by saying what the folder is for. */
export function unexplainedFolders(modules: readonly Module[]): readonly string[] {
  const folders = [...new Set(modules.map(({ path }) => path.split('/')[0] ?? ''))];
  return folders.flatMap((folder) => {
    const tells = modules.filter(({ path, text }) => path.startsWith(`${folder}/`) && opensWithPurpose(text, folder));
    return tells.length === 1 ? [] : [`src/${folder}/ is explained by ${tells.length} files`];
  });
}

function opensWithPurpose(text: string, folder: string): boolean {
  return new RegExp(`^(?:#!.*\\n)?/\\*\\*\\s+(?:\\* )?\`${folder}/\``).test(text);
}
