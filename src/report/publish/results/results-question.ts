import type { HostQuestion } from '../../../protocol/code-host.ts';

/** No branch lies below one that is there, and nothing was merged in the future: the repository and its results alone. */
export function onlyResults(branch: string): HostQuestion {
  return {
    base: null,
    prefix: `${branch}/`,
    branches: [],
    results: branch,
    issueLabel: 'cortex-dashboard',
    labels: [],
    mergedSince: '9999-01-01T00:00:00Z',
  };
}
