import type { HostQuestion, HostTreeEntry, HostView } from '../../protocol/code-host.ts';
import type { Report } from '../../protocol/report.ts';
import { onlyResults } from '../../report/publish/results/results-question.ts';
import { compareText } from '../../shared/canonical.ts';
import { reportIn } from './report-in.ts';

/** The code host, as far as the history of a plan is read from it. */
export interface ResultsReader {
  readonly look: (question: HostQuestion) => Promise<HostView>;
  readonly readTree: (commit: string, paths: readonly string[]) => Promise<readonly HostTreeEntry[]>;
  readonly readTexts: (
    commit: string,
    paths: readonly string[],
  ) => Promise<ReadonlyMap<string, string | null | { readonly unreadable: string }>>;
}

const folder = 'coordination/execution-plans';
/** Of all plans together; ids of executions sort by their time. */
const newest = 40;

/** Results of the newest executions on the results branch; none where there is no such branch. */
export async function readPublishedReports(host: ResultsReader, branch: string): Promise<readonly Report[]> {
  const { results } = await host.look(onlyResults(branch));
  if (results === null) return [];
  const entries = await host.readTree(results.head.sha, [`${folder}/-`]);
  const paths = entries
    .map(({ path }) => path)
    .filter((path) => path.startsWith(`${folder}/`) && path.endsWith('-results.json'))
    .sort(compareText)
    .slice(-newest);
  const texts = await host.readTexts(results.head.sha, paths);
  return [...texts.values()].flatMap((text) => (typeof text === 'string' ? reportIn(text) : []));
}
