import { failed, guarded, met, noted, unasked, type CheckLine } from '../../cluster/kubernetes/doctor/check.ts';
import { isAtLeast, type HostIdentity } from '../../protocol/code-host.ts';
import type { CodeHost } from '../code-host.ts';
import type { Section, Visit } from './section.ts';

const title = 'GitHub';
const asked = 'a token that sees the repository, where pull requests are to be opened';
/** Below that, a publishing run may have to wait for the hour to end. */
const fewRequests = 300;
/** A doctor waits less than a run does. */
const hurried = { patienceMs: 10_000, requestMs: 10_000, tries: 2 };
const appRemedy = 'Use a GitHub App: set CORTEX_APP_ID and CORTEX_APP_PRIVATE_KEY.';

/** The door to GitHub: who the token is, and what may be published with it. Reads only. */
export async function githubSection({ environment, plan, repository }: Visit): Promise<Section> {
  const { token, appId, appKey } = environment.github;
  if ((appId === undefined) !== (appKey === undefined)) return { title, lines: [halfAnApp(appId === undefined)] };
  if (token === undefined && appId === undefined) return { title, lines: [noToken] };
  const name = environment.github.repository ?? (repository.includes('/') ? repository : undefined);
  if (name === undefined) return { title, lines: [noRepository] };
  const { openCodeHost } = await import('../code-host.ts');
  const known = { ...environment, github: { ...environment.github, repository: name } };
  const host = openCodeHost(known, { limits: hurried });
  try {
    const lines = await guarded('github', () =>
      examine(host, { results: plan.publish.branch, isOwnApp: appId !== undefined }),
    );
    return { title, lines, secrets: host.secrets() };
  } finally {
    await host.close().catch(() => undefined);
  }
}

const noToken = unasked(
  'github',
  'no token is set: changes are written as patches, and no right is needed; to have pull requests opened, set ' +
    'GITHUB_TOKEN, or CORTEX_APP_ID and CORTEX_APP_PRIVATE_KEY',
);

const noRepository = unasked(
  'github',
  'not asked: set GITHUB_REPOSITORY to owner/name, or run in a clone whose remote `origin` is on GitHub',
  asked,
);

function halfAnApp(isIdMissing: boolean): CheckLine {
  const [there, missing] = isIdMissing
    ? ['CORTEX_APP_PRIVATE_KEY', 'CORTEX_APP_ID']
    : ['CORTEX_APP_ID', 'CORTEX_APP_PRIVATE_KEY'];
  const seen = `${there} is set, and ${missing} is not`;
  return failed('github', { seen, needed: 'both, or neither', remedy: `Set ${missing}.` });
}

interface Ground {
  /** Branch of results. */
  readonly results: string;
  readonly isOwnApp: boolean;
}

async function examine(host: CodeHost, { results, isOwnApp }: Ground): Promise<readonly CheckLine[]> {
  const identity = await host.identity();
  const facts = await host.github.facts();
  return [
    met('github', `${facts.name}, as ${identity.login}: ${kinds[identity.kind]}`, asked),
    ...(facts.isArchived ? [archived] : []),
    ...(await guarded('rights on GitHub', () => rightsChecks(host, identity, isOwnApp))),
    startCheck(identity),
    workflowCheck(identity),
    ...(facts.hasIssues ? [] : [issuesOff]),
    ...(await guarded('results branch', () => resultsCheck(host, results))),
    ...(await guarded('requests left', () => rateChecks(host))),
  ];
}

const kinds: Readonly<Record<HostIdentity['kind'], string>> = {
  workflow: 'the token of a workflow job',
  app: 'a GitHub App',
  user: "a person's token",
};

const archived = failed('archive', {
  seen: 'the repository is archived',
  needed: 'a repository that takes changes',
  remedy: 'Unarchive it, or leave it out.',
});

const issuesOff = noted('issues', {
  seen: 'the repository has no issues',
  needed: 'an issue, which is the dashboard',
  remedy: 'Turn on Settings › General › Features › Issues.',
});

/** What a token may write shows only when it writes, but for what an App, a role or a scope says. */
async function rightsChecks(host: CodeHost, identity: HostIdentity, isOwnApp: boolean): Promise<readonly CheckLine[]> {
  const needed = 'contents, issues and pull-requests: write';
  const check = 'rights on GitHub';
  if (identity.kind === 'user') {
    const role = await host.github.roleOf(identity.login);
    if (isAtLeast(role, 'write')) return [met(check, `${identity.login} has the role ${role}`, needed)];
    const seen = `${identity.login} has the role ${role}`;
    return [failed(check, { seen, needed, remedy: 'Give that account write access, or another token.' })];
  }
  // A token is made for an App only where its installation grants all that is needed.
  if (isOwnApp) return [met(check, 'the installation of the App grants them', needed)];
  const seen = 'GitHub does not say what this token may write: it shows with the first write';
  return [unasked(check, seen, needed), ...(identity.kind === 'workflow' ? [await openCheck(host)] : [])];
}

async function openCheck(host: CodeHost): Promise<CheckLine> {
  const check = 'pull requests by Actions';
  const setting = 'Settings › Actions › General › "Allow GitHub Actions to create and approve pull requests"';
  const may = await host.github.mayActionsOpen();
  if (may === null) return unasked(check, `the token may not read that setting: ${setting}`, 'turned on');
  if (may) return met(check, 'turned on', 'turned on');
  return failed(check, { seen: 'turned off', needed: 'turned on', remedy: `Turn on ${setting}.` });
}

function startCheck({ kind }: HostIdentity): CheckLine {
  const check = 'checks on pull requests';
  const needed = 'workflows that run on the pull requests that Cortex opens';
  if (kind === 'app') return met(check, 'they run at once, and commits are signed by GitHub', needed);
  if (kind === 'user') {
    const seen = 'they run at once, but commits are unsigned, and bear the name of that person';
    return noted(check, { seen, needed, remedy: appRemedy });
  }
  const seen =
    'their runs wait until somebody with write access presses "Approve and run"; commits are signed by GitHub';
  return noted(check, { seen, needed, remedy: `Approve each, or have none wait: ${appRemedy}` });
}

function workflowCheck({ kind, mayWriteWorkflows }: HostIdentity): CheckLine {
  const check = 'workflow files';
  const needed = 'workflows: write, where fixes of workflows are to become pull requests';
  if (mayWriteWorkflows) return met(check, 'may be pushed', needed);
  const seen = 'may not be pushed with this token: fixes of workflows wait in the dashboard, as patches';
  const remedy = kind === 'app' ? 'Give the App the permission `workflows: write`.' : appRemedy;
  return noted(check, { seen, needed, remedy });
}

async function resultsCheck(host: CodeHost, branch: string): Promise<readonly CheckLine[]> {
  const head = await host.github.headOf(branch);
  const seen =
    head === undefined ? `${branch} is not there: the first report makes it` : `${branch} at ${head.slice(0, 12)}`;
  return [met('results branch', seen, 'a branch that keeps state and reports')];
}

async function rateChecks(host: CodeHost): Promise<readonly CheckLine[]> {
  const check = 'requests left';
  const needed = `${fewRequests} of this hour`;
  const rates = await host.github.rates();
  if (rates === null) return [met(check, 'this server counts none', needed)];
  const { rest, graphql } = rates;
  const seen = `${rest.left} of ${rest.limit} by REST, ${graphql.left} of ${graphql.limit} points by GraphQL`;
  if (Math.min(rest.left, graphql.left) >= fewRequests) return [met(check, seen, needed)];
  const remedy = `A run waits for more, which come at ${rest.left < fewRequests ? rest.resetsAt : graphql.resetsAt}.`;
  return [noted(check, { seen, needed, remedy })];
}
