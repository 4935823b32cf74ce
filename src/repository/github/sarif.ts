import { gzipSync } from 'node:zlib';
import { problem } from '../../shared/errors.ts';
import { isRefusal } from './answer.ts';
import type { Client } from './client.ts';
import { repeatable } from './transport.ts';

export interface SarifOrder {
  /** Full hash. */
  readonly commit: string;
  /** `refs/heads/…` or `refs/pull/…/merge`. */
  readonly ref: string;
  /** The file, as JSON. */
  readonly sarif: string;
}

/** Sends findings to code scanning. Throws `sarif-too-large` where GitHub would refuse, or leave out, what the file holds. */
export async function uploadSarif(
  client: Client,
  { commit, ref, sarif }: SarifOrder,
): Promise<{ readonly id: string }> {
  const { sarifRuns, sarifResults, sarifBytes } = client.limits;
  const { runs = [] } = JSON.parse(sarif) as { runs?: readonly { results?: readonly unknown[] }[] };
  if (runs.length > sarifRuns) throw tooLarge(`${runs.length} runs`, sarifRuns);
  const results = Math.max(0, ...runs.map((run) => run.results?.length ?? 0));
  if (results > sarifResults) throw tooLarge(`${results} results in a run`, sarifResults);
  const packed = gzipSync(sarif);
  if (packed.length > sarifBytes) throw tooLarge(`${packed.length} bytes after gzip`, sarifBytes);
  const { data } = await client.rest('POST /repos/{owner}/{repo}/code-scanning/sarifs', {
    ...client.place,
    commit_sha: commit,
    ref,
    sarif: packed.toString('base64'),
    tool_name: 'Cortex',
    request: repeatable,
  });
  return { id: data.id ?? '' };
}

const perPage = 100;

/** An alert of code scanning: a rule at a path. */
export interface OpenAlert {
  readonly rule: string;
  readonly path: string;
}

/** The alerts of ours that are open at a ref; none where nothing was ever sent. */
export async function openAlerts(client: Client, ref: string): Promise<readonly OpenAlert[]> {
  const alerts: OpenAlert[] = [];
  try {
    for (let page = 1; ; page += 1) {
      const { data } = await client.rest('GET /repos/{owner}/{repo}/code-scanning/alerts', {
        ...client.place,
        tool_name: 'Cortex',
        ref,
        state: 'open',
        per_page: perPage,
        page,
      });
      for (const { rule, most_recent_instance: newest } of data)
        alerts.push({ rule: rule.id ?? '', path: newest.location?.path ?? '' });
      if (data.length < perPage) return alerts;
    }
  } catch (error) {
    if (isRefusal(error, [404], /no analysis/i)) return alerts;
    throw error;
  }
}

function tooLarge(seen: string, most: number): Error {
  return problem('sarif-too-large', `The SARIF file has ${seen}, and code scanning takes ${most} at most`, {
    hint: 'Send fewer findings: the most severe ones first.',
  });
}
