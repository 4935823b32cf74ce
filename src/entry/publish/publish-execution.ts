import { resolve } from 'node:path';
import { unknownLessons, type LessonFromPerson } from '../../report/publish/lessons.ts';
import type { PublishOutcome } from '../../report/publish/outcome.ts';
import { foldEvents } from '../../execution/state.ts';
import { code } from '../../report/markdown/escape.ts';
import { openQuestions, type OpenQuestion } from '../../report/publish/dashboard/questions.ts';
import { growingMasker } from '../../shared/mask.ts';
import type { CommandLine } from '../arguments.ts';
import { openCodeHost, withCodeHost, type CodeHost } from '../code-host.ts';
import { openStored } from '../commands/stored-execution.ts';
import type { Environment } from '../environment.ts';
import { checkDigest } from '../run/plan-of-log.ts';
import { gather, type Publishing } from './gather.ts';
import { publishChanges } from './publish-changes.ts';
import { publishFindings } from './publish-findings.ts';
import { describeResults, publishResults, readKnownLessons } from './publish-results.ts';
import { furtherTarget, openTargetHost } from './target-host.ts';

/** What was brought to GitHub, or would be. */
export interface Published {
  readonly execution: string;
  readonly mode: 'apply' | 'staged';
  /** Commit on the results branch; null where nothing was written. */
  readonly resultsCommit: string | null;
  readonly changes: Omit<PublishOutcome, 'markdown'>;
  /** For people. */
  readonly markdown: string;
}

interface Wish {
  readonly args: CommandLine;
  readonly environment: Environment;
  readonly mode: Published['mode'];
  readonly mask: (text: string) => string;
}

/** Where an execution goes: its results to the repository of its plan, its changes to the one that it worked on. */
interface Doors {
  readonly home: CodeHost;
  readonly target: CodeHost;
}

/**
 * Publishes an execution by the flags of `publish`: results first, so that what is opened afterwards can refer to them. What
 * is given back is masked. `onToken` is told of each token that comes up, so that nothing else shows it.
 */
export async function publishExecution(
  args: CommandLine,
  order: {
    /** The latest where it is undefined. */
    readonly id: string | undefined;
    readonly mode: Published['mode'];
    readonly environment: Environment;
    readonly onToken?: (token: string) => void;
  },
): Promise<Published> {
  const { environment, mode, id } = order;
  const seen: string[] = [];
  const mask = growingMasker(() => [...environment.secrets, ...seen]);
  const onToken = (token: string): void => {
    seen.push(token);
    order.onToken?.(token);
  };
  const stored = await openStored(args, id, environment);
  try {
    const publishing = await gather(stored);
    checkDigest(args, publishing.digest);
    const wish = { args, environment, mode, mask };
    const published = await withDoors(publishing, { ...wish, onToken }, (doors) => publish(doors, publishing, wish));
    return JSON.parse(mask(JSON.stringify(published))) as Published;
  } finally {
    await stored.close();
  }
}

function withDoors<T>(
  { plan }: Publishing,
  wish: Pick<Wish, 'args' | 'environment'> & { readonly onToken: (token: string) => void },
  act: (doors: Doors) => Promise<T>,
): Promise<T> {
  const { args, environment, onToken } = wish;
  const further = furtherTarget(args.text('target-repository') ?? '', plan, environment.github.repository);
  const open = (home: CodeHost): Promise<T> =>
    act({ home, target: further ? openTargetHost(environment, further, { onToken }) : home });
  return withCodeHost(environment, open, { onToken });
}

async function publish({ home, target }: Doors, publishing: Publishing, wish: Wish): Promise<Published> {
  const { args, mode, mask, environment } = wish;
  const { runUrl = null, serverUrl } = environment.github;
  const out = resolve(args.text('out') ?? 'coordination');
  const { seen, lessons } = await readKnownLessons(home, publishing);
  const results = await publishResults(home, publishing, { out, mode, runUrl, lessons: [], seen });
  const resultsUrl = `${serverUrl}/${home.repository}`;
  const base = target === home ? branchOf(environment.github.ref) : null;
  const questions = openQuestions(foldEvents(publishing.report.execution_id, publishing.events));
  const { markdown, ...changes } = await publishChanges(target, publishing, {
    mode,
    base,
    runUrl,
    lessons,
    resultsUrl,
    // The plan job reads answers here, and has no token that reads elsewhere.
    questions: target === home ? questions : [],
    mask,
  });
  const learned = await keepLessons(home, publishing, { out, mode, runUrl, known: lessons, said: changes.lessons });
  const ref = target === home ? environment.github.ref : `refs/heads/${changes.base.branch}`;
  const scanner = target === home ? scannerHost(home, environment) : target;
  const findings = args.has('code-scanning') ? await publishFindings(scanner, publishing, { mode, ref }) : [];
  return {
    execution: publishing.report.execution_id,
    mode,
    resultsCommit: learned ?? results.commit,
    changes,
    markdown: `${aboutResults(mode, [...describeResults(results), ...findings, ...unasked(questions, target === home)])}\n${markdown}`,
  };
}

function unasked(questions: readonly OpenQuestion[], isHome: boolean): readonly string[] {
  if (isHome || questions.length === 0) return [];
  const names = questions.map(({ question }) => code(question)).join(', ');
  return [`Nobody has answered ${names}: \`cortex answer\` does, before the execution is gone on with.`];
}

/** The workflow's own token may send findings where its job says so; an App may not, unless somebody has given it the right. */
function scannerHost(home: CodeHost, environment: Environment): CodeHost {
  const { github } = environment;
  const isApp = github.appId !== undefined && github.token !== undefined;
  return isApp ? openCodeHost({ ...environment, github: { ...github, appId: undefined, appKey: undefined } }) : home;
}

/** A run of a branch proposes its changes to that branch; one of a tag or a pull request, to the default branch. */
function branchOf(ref: string | undefined): string | null {
  return /^refs\/heads\/(.+)$/.exec(ref ?? '')?.[1] ?? null;
}

/** What people have said since goes to the results branch as well. Gives the commit, where there is news. */
async function keepLessons(
  home: CodeHost,
  publishing: Publishing,
  order: Omit<Parameters<typeof publishResults>[2], 'lessons'> & {
    readonly known: readonly LessonFromPerson[];
    readonly said: readonly LessonFromPerson[];
  },
): Promise<string | undefined> {
  const { known, said, ...rest } = order;
  if (rest.mode === 'staged' || unknownLessons(said, known).length === 0) return undefined;
  return (await publishResults(home, publishing, { ...rest, lessons: said })).commit ?? undefined;
}

function aboutResults(mode: Published['mode'], lines: readonly string[]): string {
  const title = mode === 'apply' ? '## Published' : '## Staged: nothing was written';
  return `${title}\n\n${lines.map((line) => `- ${line}`).join('\n')}\n`;
}
