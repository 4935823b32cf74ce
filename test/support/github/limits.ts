/** Where GitHub says no. Sizes are in bytes, but for characters; tests lower them. */
export interface Limits {
  bodyCharacters: number;
  titleCharacters: number;
  treeEntries: number;
  treeBytes: number;
  blobBytes: number;
  /** Entries of one request that makes a tree: beyond them GitHub gives up with a 502. */
  treeRequestEntries: number;
  requestBytes: number;
  sarifBytes: number;
  /** Of one file's text in GraphQL: beyond, it is cut off. */
  blobTextBytes: number;
  contentsBytes: number;
  /** Requests an hour for one token, as the headers count them down. */
  requestsPerHour: number;
  /** Whether the limits that follow are enforced. */
  secondary: boolean;
  contentPerMinute: number;
  contentPerHour: number;
  restPointsPerMinute: number;
  graphqlPointsPerMinute: number;
}

export function githubLimits(changed: Partial<Limits> = {}): Limits {
  return {
    bodyCharacters: 65_536,
    titleCharacters: 256,
    treeEntries: 100_000,
    treeBytes: 7 * 1_048_576,
    blobBytes: 40 * 1_048_576,
    treeRequestEntries: 5_000,
    requestBytes: 100 * 1_048_576,
    sarifBytes: 10 * 1_048_576,
    blobTextBytes: 512_000,
    contentsBytes: 1_048_576,
    requestsPerHour: 5_000,
    secondary: false,
    contentPerMinute: 80,
    contentPerHour: 500,
    restPointsPerMinute: 900,
    graphqlPointsPerMinute: 2_000,
    ...changed,
  };
}
