import { parseEvent, type Event } from '../../src/protocol/event.ts';
import { reportSchema, type Report } from '../../src/protocol/report.ts';
import type { StoredArtifact } from '../support/artifact-server.ts';
import type { FakeGitHub } from '../support/github/fake-github.ts';
import type { FakeRepository } from '../support/github/repositories.ts';
import type { WorldRun } from './act-world.ts';
import { readZip } from './zip.ts';

/** What an execution left on the results branch: its masters, and its proven changes with their patches. */
export interface Published {
  readonly masters: readonly string[];
  readonly changes: readonly (Report['changes'][number] & { readonly patch: string })[];
  /** Paths that its changes touch, in order. */
  readonly changed: readonly string[];
}

export function publishedIn(repository: FakeRepository, execution: string): Published {
  const read = (path: string): string => {
    const text = repository.read('cortex/results', `coordination/${path}`);
    if (text !== null) return text;
    throw new Error(`the results branch has no ${path}`);
  };
  const report = reportSchema.parse(JSON.parse(read(`execution-plans/${execution}-results.json`)));
  const proven = report.changes.filter(({ verdict }) => verdict === 'proven');
  return {
    masters: Object.entries(report.masters).flatMap(([name, { outcome }]) => (outcome === 'complete' ? [name] : [])),
    changes: proven.map((each) => ({ ...each, patch: read(`archives/${execution}/changes/${each.patch}`) })),
    changed: proven.flatMap(({ files }) => files.map(({ path }) => path)).toSorted(),
  };
}

/** An App that may do what publishing needs and push workflow files, as the secrets of the workflow. */
export function appSecrets(github: FakeGitHub): {
  readonly CORTEX_APP_ID: string;
  readonly CORTEX_APP_PRIVATE_KEY: string;
} {
  const permissions = { contents: 'write', issues: 'write', pull_requests: 'write', workflows: 'write' } as const;
  const { appId, privateKey } = github.addApp({ slug: 'cortex-bot', account: 'acme', permissions });
  return { CORTEX_APP_ID: String(appId), CORTEX_APP_PRIVATE_KEY: privateKey };
}

/** Paths that differ between a branch and main. */
export function changedPaths(repository: FakeRepository, branch: string): readonly string[] {
  const at = (where: string): ReadonlyMap<string, string> =>
    new Map(repository.files(where).map(({ path, mode, sha }) => [path, `${mode} ${sha}`]));
  const [before, after] = [at('main'), at(branch)];
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
}

/** Tokens as GitHub, and the working stand-in for it, hand them out. */
const tokenForm = /gh[sp]_[0-9a-f]{36}/g;

/** Tokens that a run had hidden in its log. */
export function hiddenTokens({ hidden }: WorldRun): readonly string[] {
  return hidden.flatMap((value) => value.match(tokenForm) ?? []);
}

/**
 * What of these secrets, of the values that the run had hidden, or of the form of a token stands in the run's log or in a file
 * of any branch. Of a secret of several lines the second counts: the first one of a key is the same in all.
 */
export function shownSecrets(
  { log, hidden }: WorldRun,
  repository: FakeRepository,
  secrets: readonly string[],
): readonly string[] {
  const values = [...secrets.map((secret) => secret.split('\n')[1] ?? secret), ...hidden];
  const short = values.filter((value) => value.length < 8);
  if (short.length > 0) throw new Error(`${short.length} values are too short to be looked for`);
  const texts = [log, ...textsOf(repository)];
  return texts.flatMap((text) => [...values.filter((value) => text.includes(value)), ...(text.match(tokenForm) ?? [])]);
}

/** The text of every file on every branch. */
function textsOf(repository: FakeRepository): readonly string[] {
  return repository
    .branches()
    .flatMap((branch) => repository.files(branch).map(({ path }) => repository.read(branch, path) ?? ''));
}

/** The events of an execution, in order, from the copies of its log that its legs have left as artifacts. */
export function eventsIn(artifacts: readonly StoredArtifact[], execution: string): readonly Event[] {
  const logs = artifacts.flatMap(({ content }) => [...readZip(content)]).filter(([path]) => isLogOf(path, execution));
  const events = logs.flatMap(([, text]) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => parseEvent(JSON.parse(line))),
  );
  return [...new Map(events.map((event) => [event.seq, event])).values()].toSorted((a, b) => a.seq - b.seq);
}

function isLogOf(path: string, execution: string): boolean {
  return path.includes(`executions/${execution}/`) && path.endsWith('events.jsonl');
}
