import type { Client } from './client.ts';

export interface RunArtifact {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  readonly isExpired: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Of the workflow run that made it; null where it is gone. */
  readonly run: number | null;
  /** Whether that run was of this repository's own code, and not of a fork's. */
  readonly isOwn: boolean;
}

/** A run of a workflow. */
export interface WorkflowRun {
  /** What started it, such as `workflow_dispatch`. */
  readonly event: string;
  /** File of the workflow, such as `.github/workflows/orchestrate.yml`. */
  readonly path: string;
}

/** The run of that id. Throws `github-not-found`. */
export async function readRun(client: Client, id: number): Promise<WorkflowRun> {
  const { data } = await client.rest('GET /repos/{owner}/{repo}/actions/runs/{run_id}', {
    ...client.place,
    run_id: id,
  });
  return { event: data.event, path: data.path.replace(/@.*$/, '') };
}

/** The artifacts of that name, of all runs, newest first. */
export async function listArtifacts(client: Client, name: string): Promise<readonly RunArtifact[]> {
  const found: RunArtifact[] = [];
  for (let page = 1; ; page += 1) {
    const route = 'GET /repos/{owner}/{repo}/actions/artifacts';
    const { data } = await client.rest(route, { ...client.place, name, per_page: 100, page });
    for (const each of data.artifacts)
      found.push({
        id: each.id,
        name: each.name,
        bytes: each.size_in_bytes,
        isExpired: each.expired,
        createdAt: each.created_at ?? '',
        run: each.workflow_run?.id ?? null,
        isOwn: isOwnRun(each.workflow_run),
      });
    if (data.artifacts.length === 0 || found.length >= data.total_count) return found;
  }
}

/** A run of a fork's pull request has the fork as its head; where GitHub does not say, it is nobody's. */
function isOwnRun(
  run: { readonly repository_id?: number; readonly head_repository_id?: number } | null | undefined,
): boolean {
  return run?.repository_id !== undefined && run.repository_id === run.head_repository_id;
}
