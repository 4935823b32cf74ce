import type { HostQuestion } from '../../../protocol/code-host.ts';
import { dashboardLabel, dashboardMark } from '../world/dashboard-state.ts';

/**
 * No branch lies below one that is there, and nothing was merged in the future: the repository, its results and its dashboard
 * alone. That is also known without its label where `login`, who wrote it, is given.
 */
export function onlyResults(branch: string, login?: string): HostQuestion {
  return {
    base: null,
    prefix: `${branch}/`,
    branches: [],
    results: branch,
    issueLabel: dashboardLabel,
    ownIssues: login === undefined ? null : { login, mark: dashboardMark },
    labels: [],
    mergedSince: '9999-01-01T00:00:00Z',
  };
}
