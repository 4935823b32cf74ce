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
  },
): Promise<ResultsOutcome> {
  return commitResults({
    host: host.github,
    folder: resultsFolder(order.out),
    policy: plan.publish,
    execution: report.execution_id,
    runUrl: order.runUrl,
    lessons: order.lessons,
    mode: order.mode,
    pause,
    random: Math.random,
  });
}

/** What people have said of earlier changes, as the results branch keeps it. A file that is not ours says nothing. */
export async function readKnownLessons(
  { github }: CodeHost,
  { plan }: Publishing,
): Promise<readonly LessonFromPerson[]> {
  const { results } = await github.look(onlyResults(plan.publish.branch));
  if (results === null) return [];
  const path = `${resultsRoot}/${lessonsPath}`;
  const text = (await github.readTexts(results.head.sha, [path])).get(path);
  return typeof text === 'string' ? (readLessons(text) ?? []) : [];
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
