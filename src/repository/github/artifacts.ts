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
      });
    if (data.artifacts.length === 0 || found.length >= data.total_count) return found;
  }
}
