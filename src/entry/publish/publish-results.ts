import type { HostBranch } from '../../protocol/code-host.ts';
import { code } from '../../report/markdown/escape.ts';
import { lessonsPath, resultsRoot } from '../../report/publish/results/results-paths.ts';
import { onlyResults } from '../../report/publish/results/results-question.ts';
import { readLessons } from '../../report/publish/results/results-lessons.ts';
import { commitResults, type ResultsOutcome } from '../../report/publish/results/results-commit.ts';
import type { LessonFromPerson } from '../../report/publish/lessons.ts';
import { pause } from '../../shared/pause.ts';
import type { CodeHost } from '../code-host.ts';
import type { Publishing } from './gather.ts';
import { resultsFolder } from './results-folder.ts';

/** Commits what an execution has written to the results branch of its plan, or says what it would commit. */
export function publishResults(
  host: CodeHost,
  { report, plan }: Publishing,
  order: {
    readonly out: string;
    readonly mode: 'apply' | 'staged';
    readonly runUrl: string | null;
    readonly lessons: readonly LessonFromPerson[];
    /** The branch as a look just now has shown it; left out where it has moved since. */
    readonly seen?: HostBranch | null;
  },
): Promise<ResultsOutcome> {
  return commitResults({
    host: host.github,
    ...order,
    folder: resultsFolder(order.out),
    policy: plan.publish,
    execution: report.execution_id,
    pause,
    random: Math.random,
  });
}

/** The results branch, and what it keeps of people's words on earlier changes. A file that is not ours says nothing. */
export async function readKnownLessons(
  { github }: CodeHost,
  { plan }: Publishing,
): Promise<{ readonly seen: HostBranch | null; readonly lessons: readonly LessonFromPerson[] }> {
  const { results: seen } = await github.look(onlyResults(plan.publish.branch));
  if (seen === null) return { seen, lessons: [] };
  const path = `${resultsRoot}/${lessonsPath}`;
  const text = (await github.readTexts(seen.head.sha, [path])).get(path);
  return { seen, lessons: typeof text === 'string' ? (readLessons(text) ?? []) : [] };
}

const named = 20;

/** What became of the results, for people. */
export function describeResults(outcome: ResultsOutcome): readonly string[] {
  const { branch, action, commit, files, leaving, refused, notes } = outcome;
  const what = {
    committed: `${files.length} files are on \`${branch}\`, commit \`${commit?.slice(0, 12) ?? ''}\`.`,
    unchanged: `\`${branch}\` has all of it already.`,
    staged: `${files.length} files would be committed to \`${branch}\`.`,
  }[action];
  const gone = leaving.length === 0 ? [] : [`${leaving.length} older executions leave its tree.`];
  const left = refused.slice(0, named).map(({ path, reason }) => `${code(path)} stays behind: ${reason}.`);
  const more = refused.length > named ? [`${refused.length - named} more files stay behind.`] : [];
  return [what, ...gone, ...left, ...more, ...notes.map((note) => `${note}.`)];
}
