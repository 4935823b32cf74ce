/**
 * The facts that success criteria may speak of. One table gives the CEL types, the reference docs and the check that
 * `execution/facts.ts` is exhaustive. A fact that was not seen is absent, and a criterion that needs it is `unknown`.
 */
export type FactType = 'int' | 'double' | 'bool' | 'list<string>';

export const factTable = {
  execution: {
    minutes: ['double', 'Wall time from start to the end of aggregation, in minutes'],
    target_minutes: ['double', 'The plan’s deadline, in minutes'],
    resumed: ['int', 'How often the run was resumed'],
    phases_overrun: ['int', 'Phases that took longer than the plan gives them'],
    lost_events: ['int', 'Gaps in the sequence numbers of the log'],
  },
  masters: {
    planned: ['int', 'Masters that the plan declares'],
    activated: ['int', 'Masters that claimed their assignment'],
    reported: ['int', 'Masters that reported'],
    failed: ['int', 'Masters that failed'],
    overlapping: ['int', 'The most masters that were working at one moment'],
  },
  tasks: {
    planned: ['int', 'Tasks in the plan'],
    complete: ['int', 'Tasks with an accepted result'],
    failed: ['int', 'Tasks that ended without one'],
    blocked: ['int', 'Tasks whose needs failed'],
    skipped: ['int', 'Tasks skipped for want of a door, such as the model'],
  },
  workers: {
    planned: ['int', 'Workers that the plan’s tasks need, one per task that is not skipped'],
    started: ['int', 'Tasks whose worker was started'],
    done: ['int', 'Workers that returned an accepted result'],
    failed: ['int', 'Attempts that failed by their own error'],
    disrupted: ['int', 'Attempts ended from outside: evicted, killed for memory, lost'],
    unexplained: ['int', 'Of the disrupted, those whose cause nobody saw'],
    retried: ['int', 'Further attempts that were started'],
  },
  tokens: {
    budget: ['int', 'Tokens that the plan allows, reserve included'],
    used: ['int', 'Tokens booked from usage fields'],
    reserved: ['int', 'Tokens still reserved and not settled'],
  },
  money: {
    budget_usd: ['double', 'Dollars that the plan allows'],
    used_usd: ['double', 'Dollars booked'],
  },
  budgets: {
    overrun: ['int', 'Accounts booked above their limit'],
    unsettled: ['int', 'Reservations that were never settled'],
  },
  escalations: {
    raised: ['int', 'Questions that came up'],
    open: ['int', 'Questions without an answer'],
  },
  results: {
    expected: ['int', 'Results that finished workers announced'],
    aggregated: ['int', 'Results joined into the report'],
  },
  findings: {
    total: ['int', 'Open findings'],
    critical: ['int', 'Open findings of severity critical'],
    high: ['int', 'Open findings of severity high'],
    medium: ['int', 'Open findings of severity medium'],
    low: ['int', 'Open findings of severity low'],
    silenced: ['int', 'Findings silenced with a reason'],
  },
  vulnerabilities: {
    found: ['int', 'Vulnerable dependencies found; absent where no worker looked'],
    fixed: ['int', 'Of these, those with a proven change'],
  },
  assets: {
    before: ['int', 'Assets known from the execution before; 0 where there was none'],
    after: ['int', 'Assets known now'],
    discovered: ['int', 'Assets not known before'],
  },
  changes: {
    proposed: ['int', 'Changes proposed'],
    proven: ['int', 'Of these, those whose proof holds and whose review approves'],
    rejected: ['int', 'Of these, those refused by a gate or a review'],
  },
  workflows: {
    findings: ['int', 'Findings about workflows'],
    fixable: ['int', 'Of these, those that a rule can fix'],
    fixed: ['int', 'Of these, those that a proven change makes go away'],
  },
  tests: {
    suites: ['int', 'Test files'],
    cases: ['int', 'Test cases'],
    skipped: ['int', 'Test cases marked as skipped'],
    added: ['int', 'Test cases that changes add; absent where no capability could write tests'],
  },
  coverage: {
    before: ['double', 'Line coverage in percent as measured; absent where no report was found'],
    after: ['double', 'Line coverage in percent with the proposed changes; absent where nothing was measured'],
  },
  cluster: {
    nodes_used: ['int', 'Nodes that workers ran on; absent without a cluster'],
    skew: ['int', 'Most workers on one node less the fewest, over the nodes that had any'],
    watch_gap_seconds: ['double', 'Time without sight of the workers, over all processes'],
    cpu_percent: ['double', 'Mean use of the agents’ processors; absent where no metrics were seen'],
    memory_percent: ['double', 'Mean use of the agents’ memory; absent where no metrics were seen'],
  },
  redis: { latency_ms: ['double', 'Mean command latency; absent without Redis'] },
  catalog: { availability: ['double', 'Share of health checks answered, 0 to 1; absent without a catalog service'] },
  doors: {
    redis: ['bool', 'The run used a Redis store'],
    cluster: ['bool', 'Workers ran on a cluster'],
    model: ['bool', 'A model was available'],
    catalog: ['bool', 'A catalog service was available'],
    github: ['bool', 'The run could write to GitHub'],
  },
  capabilities: {
    used: ['list<string>', 'Capabilities that a worker performed, as `scan-worker/secrets`'],
    missing: ['list<string>', 'Capabilities of skipped tasks, in the same form'],
  },
} as const satisfies Record<string, Record<string, readonly [FactType, string]>>;

export type FactGroup = keyof typeof factTable;
type FactValue<T> = T extends 'bool' ? boolean : T extends 'list<string>' ? readonly string[] : number;

/** The facts of an execution; a fact that was not seen is left out. */
export type Facts = {
  readonly [G in FactGroup]: {
    readonly [F in keyof (typeof factTable)[G]]?: FactValue<
      (typeof factTable)[G][F] extends readonly [infer T, string] ? T : never
    >;
  };
};
