import { pieces, sendOnce, type Client } from './client.ts';
import { repeatable } from './transport.ts';

export interface CheckAnnotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly message: string;
  readonly title?: string;
}

export interface CheckRunOrder {
  readonly name: string;
  /** Full hash of the commit that was checked. */
  readonly commit: string;
  readonly conclusion: 'success' | 'failure' | 'neutral' | 'action_required';
  /** Tells one run of the check from another of the same name and commit. */
  readonly externalId: string;
  readonly title: string;
  /** Markdown, 65,535 characters at most. */
  readonly summary: string;
  readonly annotations: readonly CheckAnnotation[];
}

type CheckRun = Readonly<{ id: number; url: string }>;

/** Annotations of one request. */
const annotationsAtOnce = 50;

/** A finished check with all its annotations, those beyond fifty appended. */
export async function createCheckRun(client: Client, order: CheckRunOrder): Promise<CheckRun> {
  const [first = [], ...more] = pieces(order.annotations, annotationsAtOnce);
  const run = await sendOnce(client, {
    send: () => create(client, order, first),
    find: () => findRun(client, order),
  });
  for (const annotations of more) {
    const route = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
    const output = outputOf(order, annotations);
    await client.rest(route, { ...client.place, check_run_id: run.id, output, request: repeatable });
  }
  return run;
}

async function create(
  client: Client,
  order: CheckRunOrder,
  annotations: readonly CheckAnnotation[],
): Promise<CheckRun> {
  const { data } = await client.rest('POST /repos/{owner}/{repo}/check-runs', {
    ...client.place,
    name: order.name,
    head_sha: order.commit,
    status: 'completed',
    conclusion: order.conclusion,
    external_id: order.externalId,
    output: outputOf(order, annotations),
  });
  return { id: Number(data.id), url: data.html_url ?? '' };
}

async function findRun(client: Client, order: CheckRunOrder): Promise<CheckRun | undefined> {
  const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
  const { data } = await client.rest(route, { ...client.place, ref: order.commit, check_name: order.name });
  const found = data.check_runs.find((each) => each.external_id === order.externalId);
  return found && { id: Number(found.id), url: found.html_url ?? '' };
}

function outputOf({ title, summary }: CheckRunOrder, annotations: readonly CheckAnnotation[]) {
  return {
    title,
    summary,
    annotations: annotations.map((each) => ({
      path: each.path,
      start_line: each.startLine,
      end_line: each.endLine,
      annotation_level: each.level,
      message: each.message,
      ...(each.title === undefined ? {} : { title: each.title }),
    })),
  };
}
