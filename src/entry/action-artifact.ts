import { ArtifactNotFoundError, DefaultArtifactClient } from '@actions/artifact';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, outside, type CortexError } from '../shared/errors.ts';

/** Days that GitHub keeps what travels from the run to the report. */
const retentionDays = 30;

/** Uploads everything below `out` as one artifact of the workflow run. */
export async function uploadFolder(name: string, out: string): Promise<void> {
  const files = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'lock')
    .map((entry) => join(entry.parentPath, entry.name));
  await onArtifacts(`upload ${name}`, (client) =>
    client.uploadArtifact(name, files, out, { retentionDays, compressionLevel: 6 }),
  );
}

/** Downloads an artifact of the same workflow run into `out`. */
export async function downloadFolder(name: string, out: string): Promise<void> {
  await onArtifacts(`download ${name}`, async (client) => {
    const { artifact } = await client.getArtifact(name);
    return client.downloadArtifact(artifact.id, { path: out });
  });
}

async function onArtifacts(what: string, act: (client: DefaultArtifactClient) => Promise<unknown>): Promise<void> {
  try {
    await act(new DefaultArtifactClient());
  } catch (error) {
    throw artifactError(what, error);
  }
}

function artifactError(what: string, error: unknown): CortexError {
  if (error instanceof ArtifactNotFoundError)
    return outside('artifact-missing', `Could not ${what}: this run has no such artifact`, {
      hint: 'The job that makes it ended before it could: its own log says why.',
      cause: error,
    });
  return outside('artifact-failed', `Could not ${what}: ${messageOf(error)}`, {
    hint: 'Run the job again; if GitHub has no artifact service here, leave the input `artifact` empty.',
    cause: error,
    retryable: true,
  });
}
