import { gunzipSync } from 'node:zlib';
import { accountJson, appJson } from '../json/accounts.ts';
import { commitAt, resolveCommit } from '../git/repository.ts';
import { pageUrl, repositoryUrl, simpleRepositoryJson } from '../json/repositories.ts';
import { notAccessible, notFound, refusal } from '../refusals.ts';
import {
  created,
  ok,
  pageOf,
  reads,
  repositoryRoute,
  text,
  writes,
  type Json,
  type RepositoryCall,
  type Route,
} from '../routes.ts';
import { stampOf } from '../clock.ts';
import { accountOf, nodeId, type Artifact, type CheckRun, type WorkflowRun } from '../world.ts';

const base = '/repos/{owner}/{repo}';

export const actionRoutes: readonly Route[] = [
  repositoryRoute(['POST', `${base}/check-runs`], writes('checks'), (call) => {
    const { world, repository, body, token } = call;
    if (!commitAt(repository.git, text(body, 'head_sha'))) {
      throw refusal(422, `No commit found for SHA: ${text(body, 'head_sha')}`);
    }
    if (token?.kind === 'user') throw refusal(403, 'You must authenticate via a GitHub App.');
    const run: CheckRun = {
      id: world.nextId(),
      appSlug: token?.account.login.replace('[bot]', '') ?? '',
      fields: { ...body },
    };
    repository.checkRuns.push(run);
    return created(checkRunJson(call, run));
  }),
  repositoryRoute(['PATCH', `${base}/check-runs/{check_run_id}`], writes('checks'), (call) => {
    const run = call.repository.checkRuns.find(({ id }) => String(id) === call.params['check_run_id']);
    if (!run) throw notFound();
    if (call.token?.account.login !== `${run.appSlug}[bot]`) throw notAccessible();
    const annotations = [...annotationsOf(run.fields), ...annotationsOf(call.body)];
    const output = { ...(run.fields['output'] as Json), ...(call.body['output'] as Json), annotations };
    Object.assign(run.fields, call.body, { output });
    return ok(checkRunJson(call, run));
  }),
  repositoryRoute(['GET', `${base}/commits/{ref}/check-runs`], reads('checks'), (call) => {
    const { repository, params, query } = call;
    const sha = resolveCommit(repository.git, params['ref'] ?? '')?.sha;
    if (sha === undefined) throw refusal(422, `No commit found for SHA: ${params['ref'] ?? ''}`);
    const name = query.get('check_name');
    const found = repository.checkRuns
      .filter(({ fields }) => fields['head_sha'] === sha && (name === null || fields['name'] === name))
      .toReversed();
    const page = pageOf(call, found, (run) => checkRunJson(call, run));
    return { ...page, body: { total_count: found.length, check_runs: page.body } };
  }),
  repositoryRoute(['POST', `${base}/code-scanning/sarifs`], writes('security_events'), uploadSarif),
  repositoryRoute(['GET', `${base}/actions/permissions/workflow`], reads('administration'), ({ repository }) =>
    ok({
      default_workflow_permissions: 'read',
      can_approve_pull_request_reviews: repository.settings.actionsMayOpenPullRequests,
    }),
  ),
  repositoryRoute(['GET', `${base}/actions/artifacts`], reads('actions'), (call) => {
    const name = call.query.get('name');
    const found = call.repository.artifacts.filter((each) => name === null || each.name === name).toReversed();
    const size = Math.min(100, Number(call.query.get('per_page') ?? 30));
    const page = Number(call.query.get('page') ?? 1);
    const shown = found.slice((page - 1) * size, page * size);
    return ok({ total_count: found.length, artifacts: shown.map((each) => artifactJson(call, each)) });
  }),
  repositoryRoute(['GET', `${base}/actions/artifacts/{artifact_id}/{archive_format}`], reads('actions'), (call) => {
    const { repository, params } = call;
    const found = repository.artifacts.find(({ id }) => String(id) === params['artifact_id']);
    if (!found?.contentUrl || params['archive_format'] !== 'zip') throw notFound();
    if (found.isExpired) throw refusal(410, 'Artifact has expired');
    return { status: 302, headers: { location: found.contentUrl } };
  }),
  repositoryRoute(['GET', `${base}/environments/{environment_name}`], reads('actions'), (call) => {
    const { world, repository, params } = call;
    const name = params['environment_name'] ?? '';
    const rules = repository.settings.environments[name];
    if (!rules) throw notFound();
    const at = repository.createdAt;
    return ok({
      id: 1,
      node_id: nodeId('EN', 1),
      name,
      url: repositoryUrl(world, repository, `/environments/${encodeURIComponent(name)}`),
      html_url: pageUrl(world, repository, `/deployments/activity_log?environments_filter=${name}`),
      created_at: at,
      updated_at: at,
      protection_rules: rules.map((type, id) => ({ id, node_id: nodeId('GA', id), type })),
      deployment_branch_policy: null,
    });
  }),
  repositoryRoute(['GET', `${base}/actions/runs/{run_id}`], reads('actions'), (call) => {
    const run = call.repository.runs.find(({ id }) => String(id) === call.params['run_id']);
    if (!run) throw notFound();
    return ok(runJson(call, run));
  }),
];

function annotationsOf(fields: Json): readonly unknown[] {
  const { annotations } = (fields['output'] ?? {}) as { readonly annotations?: readonly unknown[] };
  return annotations ?? [];
}

function checkRunJson({ world, repository }: RepositoryCall, { id, appSlug, fields }: CheckRun): Json {
  const output = (fields['output'] ?? {}) as Json;
  const url = repositoryUrl(world, repository, `/check-runs/${id}`);
  const app = world.apps.find(({ slug }) => slug === appSlug);
  const conclusion = fields['conclusion'] ?? null;
  return {
    id,
    node_id: nodeId('CR', id),
    head_sha: fields['head_sha'],
    name: fields['name'],
    url,
    html_url: pageUrl(world, repository, `/runs/${id}`),
    details_url: fields['details_url'] ?? pageUrl(world, repository, `/runs/${id}`),
    external_id: fields['external_id'] ?? '',
    status: conclusion === null ? (fields['status'] ?? 'queued') : 'completed',
    conclusion,
    started_at: fields['started_at'] ?? world.clock.stamp(),
    completed_at: conclusion === null ? null : (fields['completed_at'] ?? world.clock.stamp()),
    output: {
      title: output['title'] ?? null,
      summary: output['summary'] ?? null,
      text: output['text'] ?? null,
      annotations_count: Array.isArray(output['annotations']) ? output['annotations'].length : 0,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: world.nextId() },
    app: app ? appJson(world, app) : null,
    pull_requests: [],
  };
}

/** Takes what is zipped and in base64, as GitHub wants it, and looks whether it is SARIF. */
function uploadSarif({ world, repository, body }: RepositoryCall): ReturnType<Route['handle']> {
  const zipped = Buffer.from(text(body, 'sarif'), 'base64');
  if (zipped.length > world.limits.sarifBytes) throw refusal(413, 'Request entity too large');
  const sarif = unzipped(zipped);
  if (!commitAt(repository.git, text(body, 'commit_sha'))) throw refusal(404, 'commit not found');
  const { version, runs } = JSON.parse(sarif) as { readonly version?: unknown; readonly runs?: unknown };
  if (version !== '2.1.0' || !Array.isArray(runs)) throw refusal(400, 'Invalid SARIF. Missing version or runs.');
  const id = `${world.nextId()}-sarif`;
  repository.sarifs.push({ id, commit: text(body, 'commit_sha'), ref: text(body, 'ref'), text: sarif });
  return { status: 202, body: { id, url: repositoryUrl(world, repository, `/code-scanning/sarifs/${id}`) } };
}

function unzipped(zipped: Buffer): string {
  try {
    const sarif = gunzipSync(zipped).toString('utf8');
    JSON.parse(sarif);
    return sarif;
  } catch {
    throw refusal(400, 'sarif is not a valid gzipped and base64 encoded SARIF document');
  }
}

function artifactJson({ world, repository }: RepositoryCall, each: Artifact): Json {
  const url = repositoryUrl(world, repository, `/actions/artifacts/${each.id}`);
  return {
    id: each.id,
    node_id: nodeId('AR', each.id),
    name: each.name,
    size_in_bytes: each.sizeBytes,
    url,
    archive_download_url: `${url}/zip`,
    expired: each.isExpired,
    created_at: each.createdAt,
    updated_at: each.createdAt,
    expires_at: stampOf(Date.parse(each.createdAt) + 90 * 86_400_000),
    workflow_run: {
      id: each.runId,
      repository_id: repository.id,
      head_repository_id: repository.id + (each.isOfFork === true ? 1 : 0),
    },
  };
}

function runJson({ world, repository }: RepositoryCall, run: WorkflowRun): Json {
  const url = repositoryUrl(world, repository, `/actions/runs/${run.id}`);
  const links = ['jobs', 'logs', 'artifacts', 'cancel', 'rerun'];
  return {
    id: run.id,
    node_id: nodeId('WFR', run.id),
    name: run.name,
    path: run.path,
    display_title: run.name,
    head_branch: run.branch,
    head_sha: run.sha,
    run_number: 1,
    run_attempt: 1,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: 1,
    url,
    html_url: pageUrl(world, repository, `/actions/runs/${run.id}`),
    ...Object.fromEntries(links.map((key) => [`${key}_url`, `${url}/${key}`])),
    check_suite_url: repositoryUrl(world, repository, `/check-suites/${run.id}`),
    workflow_url: repositoryUrl(world, repository, '/actions/workflows/1'),
    created_at: run.createdAt,
    updated_at: run.createdAt,
    run_started_at: run.createdAt,
    actor: accountJson(world, accountOf(world, repository.owner.login)),
    head_commit: null,
    head_repository: simpleRepositoryJson(world, repository),
    repository: simpleRepositoryJson(world, repository),
    pull_requests: [],
  };
}
