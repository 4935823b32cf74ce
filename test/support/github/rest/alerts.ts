import { pageUrl, repositoryUrl } from '../json/repositories.ts';
import { refusal } from '../refusals.ts';
import { pageOf, reads, repositoryRoute, type RepositoryCall, type Route } from '../routes.ts';
import type { Repository, Sarif } from '../world.ts';

interface SarifRun {
  readonly automationDetails?: { readonly id?: string };
  readonly results: readonly SarifResult[];
}

interface SarifResult {
  readonly ruleId: string;
  readonly suppressions?: readonly unknown[];
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
  }[];
}

interface Alert {
  readonly sarif: Sarif;
  readonly category: string;
  readonly result: SarifResult;
}

/** Alerts that are open: what the newest analysis of each category and ref has, and nothing else. */
export const alertRoutes: readonly Route[] = [
  repositoryRoute(['GET', '/repos/{owner}/{repo}/code-scanning/alerts'], reads('security_events'), (call) => {
    const { repository, query } = call;
    if (repository.sarifs.length === 0) throw refusal(404, 'no analysis found');
    const ref = query.get('ref') ?? `refs/heads/${repository.defaultBranch}`;
    const isAsked = query.get('tool_name') === 'Cortex' && query.get('state') === 'open';
    const all = isAsked ? openAlerts(repository, ref) : [];
    return pageOf(call, [...all.entries()], ([index, alert]) => alertJson(call, { ...alert, number: index + 1 }));
  }),
];

function openAlerts({ sarifs }: Repository, ref: string): readonly Alert[] {
  const newest = new Map<string, readonly Alert[]>();
  for (const sarif of sarifs.filter((each) => each.ref === ref)) {
    const { runs } = JSON.parse(sarif.text) as { readonly runs: readonly SarifRun[] };
    for (const { automationDetails, results } of runs) {
      const category = automationDetails?.id ?? '';
      const shown = results.filter(({ suppressions = [] }) => suppressions.length === 0);
      newest.set(
        category,
        shown.map((result) => ({ sarif, category, result })),
      );
    }
  }
  return [...newest.values()].flat();
}

function alertJson(
  { world, repository }: RepositoryCall,
  { number, sarif, category, result }: Alert & { readonly number: number },
): unknown {
  const url = repositoryUrl(world, repository, `/code-scanning/alerts/${number}`);
  const place = result.locations[0]?.physicalLocation;
  const line = place?.region.startLine ?? 1;
  return {
    number,
    created_at: world.clock.stamp(),
    url,
    html_url: pageUrl(world, repository, `/security/code-scanning/${number}`),
    instances_url: `${url}/instances`,
    state: 'open',
    dismissed_by: null,
    dismissed_at: null,
    dismissed_reason: null,
    rule: { id: result.ruleId, name: result.ruleId, severity: 'warning', description: result.ruleId },
    tool: { name: 'Cortex', guid: null, version: null },
    most_recent_instance: {
      ref: sarif.ref,
      analysis_key: category,
      environment: '',
      category,
      state: 'open',
      commit_sha: sarif.commit,
      location: {
        path: decodeURIComponent(place?.artifactLocation.uri ?? ''),
        start_line: line,
        end_line: line,
        start_column: 1,
        end_column: 1,
      },
    },
  };
}
