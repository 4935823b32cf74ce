import { context } from '@actions/github';

/** What started the workflow run that a step belongs to, read from the environment of the runner. */
export interface WorkflowEvent {
  /** Such as `workflow_dispatch`; empty outside of a workflow. */
  readonly name: string;
  /** `owner/name`; empty outside of a workflow. */
  readonly repository: string;
  readonly ref: string;
  readonly sha: string;
  /** Who started it, or started it again. */
  readonly actor: string;
  /** File of the workflow, such as `.github/workflows/orchestrate.yml`; undefined where nothing tells. */
  readonly workflow: string | undefined;
  readonly runAttempt: number;
  readonly runId: number;
  /** Page of the run; null outside of a workflow. */
  readonly runUrl: string | null;
  readonly pullRequest:
    { readonly number: number; readonly headRepository: string; readonly baseBranch: string } | undefined;
}

/** Reads the event; what the payload does not say is empty. `workflowRef` is `owner/name/<file>@<ref>`. */
export function readEvent(told: {
  readonly triggeringActor: string | undefined;
  readonly workflowRef: string | undefined;
}): WorkflowEvent {
  const repository = repositoryOf();
  const { runId, runAttempt, serverUrl } = context;
  const isRun = Number.isInteger(runId) && repository !== '';
  return {
    name: context.eventName ?? '',
    repository,
    ref: context.ref ?? '',
    sha: context.sha ?? '',
    actor: told.triggeringActor ?? context.actor ?? '',
    workflow: /^[^/]+\/[^/]+\/([^@]+)@/.exec(told.workflowRef ?? '')?.[1],
    runAttempt: Number.isInteger(runAttempt) && runAttempt > 0 ? runAttempt : 1,
    runId: isRun ? runId : 0,
    runUrl: isRun ? `${serverUrl}/${repository}/actions/runs/${runId}` : null,
    pullRequest: pullRequestOf(),
  };
}

function repositoryOf(): string {
  try {
    return `${context.repo.owner}/${context.repo.repo}`;
  } catch {
    return '';
  }
}

function pullRequestOf(): WorkflowEvent['pullRequest'] {
  const { pull_request: pull } = context.payload as {
    pull_request?: {
      readonly number: number;
      readonly head?: { readonly repo?: { readonly full_name?: string } | null };
      readonly base?: { readonly ref?: string };
    };
  };
  if (pull === undefined) return undefined;
  // A fork that was deleted has no repository any more.
  return {
    number: pull.number,
    headRepository: pull.head?.repo?.full_name ?? '',
    baseBranch: pull.base?.ref ?? '',
  };
}
