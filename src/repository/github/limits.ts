/** What GitHub allows, and how patient we are. All of it can be given smaller, for tests and for servers with other limits. */
export interface GitHubLimits {
  /** Requests that make content which is seen: branches, pull requests, issues, comments, labels, checks. */
  readonly contentPerMinute: number;
  readonly contentPerHour: number;
  /** At least so long between two writes of any kind, in ms. */
  readonly writeSpacingMs: number;
  /** A read costs 1 point, a write 5. */
  readonly restPointsPerMinute: number;
  /** A query costs 1 point, a mutation 5. */
  readonly graphqlPointsPerMinute: number;
  /** How long all waits together may take that limits and refusals impose, in ms. */
  readonly patienceMs: number;
  /** How long one try may take, body included, in ms. */
  readonly requestMs: number;
  /** Tries of what got no answer, or one of 5xx. */
  readonly tries: number;
  /** First wait before another try, doubled each time, in ms. */
  readonly firstWaitMs: number;
  /** The same after a limit that names no time. */
  readonly limitedWaitMs: number;
  /** Entries of one page of a list, 100 at most. */
  readonly page: number;
  /** Names asked for in one query. */
  readonly names: number;
  /** A text larger than that is not read, in bytes. */
  readonly textBytes: number;
  /** Entries of one request that makes a tree. */
  readonly treeEntries: number;
  /** Content of one request that makes a tree, in bytes. */
  readonly treeBytes: number;
  /** A file larger than that is a request of its own, in bytes. */
  readonly inlineBytes: number;
  /** Largest file that can be written, in bytes. */
  readonly blobBytes: number;
  /** Largest SARIF file after gzip, in bytes. */
  readonly sarifBytes: number;
  /** Results and runs of one SARIF file. */
  readonly sarifResults: number;
  readonly sarifRuns: number;
}

const mebibyte = 1024 * 1024;

/** GitHub's published limits; sizes without one are far below what it takes. */
export const gitHubLimits: GitHubLimits = {
  contentPerMinute: 80,
  contentPerHour: 500,
  writeSpacingMs: 1000,
  restPointsPerMinute: 900,
  graphqlPointsPerMinute: 2000,
  patienceMs: 15 * 60_000,
  requestMs: 120_000,
  tries: 4,
  firstWaitMs: 1000,
  limitedWaitMs: 60_000,
  page: 50,
  names: 50,
  textBytes: mebibyte,
  treeEntries: 100,
  treeBytes: 4 * mebibyte,
  inlineBytes: mebibyte,
  blobBytes: 40 * mebibyte,
  sarifBytes: 10_000_000,
  sarifResults: 25_000,
  sarifRuns: 20,
};
