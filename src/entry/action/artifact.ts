import { ArtifactNotFoundError, DefaultArtifactClient } from '@actions/artifact';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, outside, type CortexError } from '../../shared/errors.ts';
import { missingState } from './missing-state.ts';
import { latestStates, stateName, type StateName } from './state-names.ts';

/** Days that GitHub keeps what travels between jobs, and what an execution is resumed from. */
const retentionDays = 30;

/** An artifact of any run of the repository, and the token to read it with. */
export interface FarArtifact {
  readonly id: number;
  readonly name: string;
  readonly workflowRunId: number;
  readonly owner: string;
  readonly repository: string;
  readonly token: string;
}

/** Uploads everything below `out` as one artifact of the workflow run. What is there by that name stays. */
export async function sendState(state: StateName, out: string): Promise<void> {
  const files = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'lock')
    .map((entry) => join(entry.parentPath, entry.name));
  const name = stateName(state);
  await onArtifacts(`upload ${name}`, (client) =>
    client.uploadArtifact(name, files, out, { retentionDays, compressionLevel: 6 }),
  );
}

/**
 * Downloads what jobs of this workflow run have left: of each leg that the pattern names, its latest attempt. Gives the
 * names; none where there is nothing.
 */
export async function fetchStates(
  wanted: { readonly pattern: string; readonly execution: string },
  out: string,
): Promise<readonly StateName[]> {
  return onArtifacts(`download ${wanted.pattern}`, async (client) => {
    const { artifacts } = await client.listArtifacts();
    const found = latestStates(artifacts, wanted);
    for (const { id } of found) await client.downloadArtifact(id, { path: out });
    return found.map(({ state }) => state);
  });
}

/** Downloads what another workflow run has left. */
export async function fetchFarState(far: FarArtifact, out: string): Promise<void> {
  const { id, workflowRunId, token, owner: repositoryOwner, repository: repositoryName } = far;
  const findBy = { token, workflowRunId, repositoryOwner, repositoryName };
  await onArtifacts(`download ${far.name}`, (client) => client.downloadArtifact(id, { path: out, findBy }));
}

async function onArtifacts<T>(what: string, act: (client: DefaultArtifactClient) => Promise<T>): Promise<T> {
  try {
    return await act(new DefaultArtifactClient());
  } catch (error) {
    throw artifactError(what, error);
  }
}

function artifactError(what: string, error: unknown): CortexError {
  if (error instanceof ArtifactNotFoundError) return missingState(what, error);
  return outside('artifact-failed', `Could not ${what}: ${messageOf(error)}`, {
    hint: 'Run the job again; if GitHub has no artifact service here, leave the input `artifact` empty.',
    cause: error,
    retryable: true,
  });
}
