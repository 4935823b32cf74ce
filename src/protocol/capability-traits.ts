import type { WorkerKind } from './words.ts';

/** What there is to know of a capability, but for what it is given: that is in `capabilities.ts`, which needs schemas. */
export interface CapabilityTraits {
  readonly title: string;
  /** A task whose capability needs a model is skipped, and named in the report, where there is none. */
  readonly needsModel: boolean;
  /** Needs the commits behind the snapshot, not the tree alone. */
  readonly needsHistory: boolean;
  /** Starts programs of the repository; a plan must say so by giving the command. */
  readonly runsCommands: boolean;
  /** May propose changes. */
  readonly proposesChanges: boolean;
}

const plain = { needsModel: false, needsHistory: false, runsCommands: false, proposesChanges: false } as const;
const byModel = { ...plain, needsModel: true } as const;

/** Every capability by worker kind: the one list that plan, masters and workers share. */
export const capabilityTraits = {
  'catalog-worker': {
    repository: { ...plain, title: 'Catalog the assets that a repository declares' },
  },
  'scan-worker': {
    secrets: { ...plain, title: 'Find credentials in files' },
    workflows: { ...plain, title: 'Find unsafe GitHub Actions workflows' },
  },
  'implementation-worker': {
    'fix-workflows': {
      ...plain,
      proposesChanges: true,
      title: 'Give workflows time limits, permissions and concurrency',
    },
    implement: {
      ...byModel,
      proposesChanges: true,
      title: 'Write code for a goal',
    },
  },
  'test-worker': {
    coverage: { ...plain, runsCommands: true, title: 'Measure test coverage' },
    inventory: {
      ...plain,
      title: 'Count suites, cases, skipped tests and untested modules',
    },
    'write-tests': {
      ...byModel,
      proposesChanges: true,
      title: 'Write missing tests',
    },
  },
  'analysis-worker': {
    hotspots: {
      ...plain,
      needsHistory: true,
      title: 'Rank files by churn and complexity',
    },
    workflows: { ...plain, title: 'Find slow and costly GitHub Actions workflows' },
    monitoring: { ...plain, title: 'Find workloads that nothing monitors' },
  },
  'documentation-worker': {
    drift: { ...plain, title: 'Find documentation that no longer holds' },
    write: {
      ...byModel,
      proposesChanges: true,
      title: 'Write documentation for a goal',
    },
  },
  'review-worker': {
    change: { ...plain, title: "Check another worker's changes against the gates" },
  },
} as const satisfies Record<WorkerKind, Record<string, CapabilityTraits>>;

/** The traits of a capability, or undefined where the kind has none of that name. */
export function traitsOf(kind: WorkerKind, capability: string): CapabilityTraits | undefined {
  const traits: Record<string, CapabilityTraits> = capabilityTraits[kind];
  return Object.hasOwn(traits, capability) ? traits[capability] : undefined;
}

/** The names a kind knows, in declared order. */
export function capabilityNames(kind: WorkerKind): readonly string[] {
  return Object.keys(capabilityTraits[kind]);
}
