import { describe, expect, it } from 'vitest';
import { at, changedPlan, originalPlan, planNames, problemsIn, shippedPlan, type Change } from '../support/plans.ts';

interface Claim {
  readonly rule: string;
  readonly when: string;
  readonly change: Change;
  /** Where the problem stands. */
  readonly path: string;
  /** Both sides of what clashes. */
  readonly names: readonly string[];
  /** What the line of the file holds. */
  readonly line: string;
  readonly warning?: true;
}

const task = (spec: Parameters<Change>[0], master: number, index: number): Record<string, unknown> =>
  at(at(spec.masters, master).tasks, index);

const claims: readonly Claim[] = [
  {
    rule: 'budget-tree-sum',
    when: 'the masters have more than the plan without its reserve',
    // 50,000 + 150,000 of the masters against 200,000 - 10 %.
    change: (spec) => (spec['budget'] = { tokens: 200_000, usd: 20, reserve: '10%' }),
    path: 'spec.budget.tokens',
    names: ['200,000', '20,000'],
    line: 'tokens: 200000',
  },
  {
    rule: 'budget-tree-sum',
    when: 'the masters have more money than the plan',
    // 100,000 personal tokens at $10 per million, and two attempts of 50,000 tokens: $2.00 against $1.80.
    change: (spec) => (spec['budget'] = { tokens: 1_000_000, usd: 2, reserve: '10%' }),
    path: 'spec.budget.usd',
    names: ['$2.00', '$0.20'],
    line: 'usd: 2',
  },
  {
    rule: 'budget-tree-sum',
    when: 'a master gives out more than it has',
    change: (spec) => (at(spec.masters, 1)['budget'] = { tokens: 140_000, personal: 50_000, pool: 100_000 }),
    path: 'spec.masters[1].budget.tokens',
    names: ['150,000', '140,000'],
    line: 'tokens: 140000',
  },
  {
    rule: 'budget-tree-sum',
    when: 'the tasks of a master cost more than it has',
    change: (spec) => (at(spec.masters, 1)['budget'] = { personal: 50_000, pool: 100_000, usd: 0.5 }),
    path: 'spec.masters[1].budget.usd',
    names: ['$1.00', '$0.50'],
    line: 'usd: 0.5',
  },
  {
    rule: 'pool-overcommit',
    when: 'the workers of a master want more than its pool',
    change: (spec) => (at(spec.masters, 1)['budget'] = { personal: 50_000, pool: 40_000 }),
    path: 'spec.masters[1].budget.pool',
    names: ['50,000', '40,000'],
    line: 'pool: 40000',
  },
  {
    rule: 'retry-exceeds-budget',
    when: 'the pool pays the first attempts only',
    change: (spec) => (task(spec, 1, 1)['retries'] = 2),
    path: 'spec.masters[1].budget.pool',
    names: ['150,000', '100,000'],
    line: 'pool: 100000',
  },
  {
    rule: 'pool-without-workers',
    when: 'a pool has nobody to use it',
    change: (spec) => (at(spec.masters, 0)['budget'] = { personal: 50_000, pool: 30_000 }),
    path: 'spec.masters[0].budget.pool',
    names: ['30,000', '0 workers'],
    line: 'pool: 30000',
  },
  {
    rule: 'budget-unrealistic',
    when: 'a model gets fewer tokens than it needs to start',
    change: (spec) => (task(spec, 1, 1)['tokens'] = 19_999),
    path: 'spec.masters[1].tasks[1].tokens',
    names: ['19,999', '20,000'],
    line: 'tokens: 19999',
    warning: true,
  },
  {
    rule: 'threshold-conflict',
    when: 'thresholds are not in order',
    change: (spec) => (spec['thresholds'] = [75, 90, 80]),
    path: 'spec.thresholds[2]',
    names: ['80', '90'],
    line: '- 80',
  },
  {
    rule: 'price-unknown',
    when: 'the model has no price',
    change: (spec) => (spec['model'] = { default: 'claude-sonet-5-5' }),
    path: 'spec.model.default',
    names: ['claude-sonet-5-5', 'claude-sonnet-5-5'],
    line: 'default: claude-sonet-5-5',
  },
  {
    rule: 'master-count',
    when: 'people say another number of masters',
    change: (spec) => (spec['expect'] = { masters: 3 }),
    path: 'spec.expect.masters',
    names: ['3 masters', '2'],
    line: 'masters: 3',
  },
  {
    rule: 'worker-count',
    when: 'people say another number of workers',
    change: (spec) => (spec['expect'] = { workers: 16 }),
    path: 'spec.expect.workers',
    names: ['16 workers', '3'],
    line: 'workers: 16',
  },
  {
    rule: 'phase-count',
    when: 'people say another number of phases',
    change: (spec) => (spec['expect'] = { phases: 5 }),
    path: 'spec.expect.phases',
    names: ['5 phases', '6'],
    line: 'phases: 5',
  },
  {
    rule: 'target-mismatch',
    when: 'a target is said twice',
    change: (spec) => {
      spec['expect'] = { targets: [{ name: 'tests', count: 104 }, { name: 'tests', count: 50 }] }; // prettier-ignore
    },
    path: 'spec.expect.targets[1].count',
    names: ['104', '50'],
    line: 'count: 50',
  },
  {
    rule: 'deadline-mismatch',
    when: 'the phases take longer than the deadline',
    // 5 + 5 + 5 + 20 + 5 + 5 minutes are the phases that nobody wrote down.
    change: (spec) => (spec['deadline'] = '44m'),
    path: 'spec.deadline',
    names: ['45m', '44m'],
    line: 'deadline: 44m',
  },
  {
    rule: 'deadline-mismatch',
    when: 'people say another deadline',
    change: (spec) => (spec['expect'] = { deadline: '45m' }),
    path: 'spec.expect.deadline',
    names: ['45m', '1h'],
    line: 'deadline: 45m',
  },
  {
    rule: 'duplicate-master',
    when: 'a master is declared twice',
    change: (spec) => (at(spec.masters, 1).name = 'security-master'),
    path: 'spec.masters[1].name',
    names: ['security-master', 'spec.masters[0]'],
    line: 'name: security-master',
  },
  {
    rule: 'worker-owner',
    when: 'two masters own one worker',
    change: (spec) => at(spec.masters, 1).tasks.push({ id: 'scan', worker: 'scan-worker', capability: 'secrets' }),
    path: 'spec.masters[1].tasks[2].id',
    names: ['security-master', 'development-master'],
    line: 'id: scan',
  },
  {
    rule: 'duplicate-task-id',
    when: 'a master uses an id twice',
    change: (spec) => at(spec.masters, 0).tasks.push({ id: 'scan', worker: 'scan-worker', capability: 'workflows' }),
    path: 'spec.masters[0].tasks[1].id',
    names: ['"scan"', 'spec.masters[0].tasks[0]'],
    line: 'id: scan',
  },
  {
    rule: 'unknown-worker',
    when: 'a kind of worker is misspelt',
    change: (spec) => (task(spec, 0, 0)['worker'] = 'scan-wroker'),
    path: 'spec.masters[0].tasks[0].worker',
    names: ['scan-wroker', 'scan-worker'],
    line: 'worker: scan-wroker',
  },
  {
    rule: 'unknown-master',
    when: 'a master is misspelt',
    change: (spec) => (at(spec.masters, 0).name = 'securty-master'),
    path: 'spec.masters[0].name',
    names: ['securty-master', 'security-master'],
    line: 'name: securty-master',
  },
  {
    rule: 'unknown-capability',
    when: 'a capability is misspelt',
    change: (spec) => (task(spec, 0, 0)['capability'] = 'secret'),
    path: 'spec.masters[0].tasks[0].capability',
    names: ['"secret"', '"secrets"'],
    line: 'capability: secret',
  },
  {
    rule: 'unknown-capability',
    when: 'another kind has the capability',
    change: (spec) => (task(spec, 0, 0)['capability'] = 'hotspots'),
    path: 'spec.masters[0].tasks[0].capability',
    names: ['scan-worker', 'analysis-worker'],
    line: 'capability: hotspots',
  },
  {
    rule: 'unknown-key',
    when: 'an input is misspelt',
    change: (spec) => (task(spec, 0, 0)['inputs'] = { path: ['src/**'] }),
    path: 'spec.masters[0].tasks[0].inputs.path',
    names: ['"path"', '"paths"'],
    line: 'path:',
  },
  {
    rule: 'out-of-range',
    when: 'an input is too large',
    change: (spec) => (task(spec, 1, 0)['inputs'] = { months: 121 }),
    path: 'spec.masters[1].tasks[0].inputs.months',
    names: ['121', '120'],
    line: 'months: 121',
  },
  {
    rule: 'shard-out-of-range',
    when: 'a shard does not exist',
    change: (spec) => {
      const inputs = { shard: { index: 3, of: 2 } };
      at(spec.masters, 0).tasks.push({
        id: 'fix',
        worker: 'implementation-worker',
        capability: 'fix-workflows',
        inputs,
      });
    },
    path: 'spec.masters[0].tasks[1].inputs.shard.index',
    names: ['3', '2'],
    line: 'index: 3',
  },
  {
    rule: 'unknown-need',
    when: 'a need names no task',
    change: (spec) => (task(spec, 1, 1)['needs'] = ['hotspot']),
    path: 'spec.masters[1].tasks[1].needs',
    names: ['"hotspot"', '"hotspots"'],
    line: 'needs:',
  },
  {
    rule: 'need-cycle',
    when: 'tasks of two masters wait for each other',
    change: (spec) => {
      task(spec, 0, 0)['needs'] = ['improve'];
      task(spec, 1, 0)['needs'] = ['scan'];
    },
    path: 'spec.masters[1].tasks[0].needs',
    names: ['hotspots → scan → improve → hotspots'],
    line: 'needs:',
  },
  {
    rule: 'timeout-exceeds-phase',
    when: 'one worker may take longer than the phase',
    change: (spec) => (task(spec, 0, 0)['timeout'] = '21m'),
    path: 'spec.masters[0].tasks[0].timeout',
    names: ['21m', '20m'],
    line: 'timeout: 21m',
  },
  {
    rule: 'timeout-exceeds-phase',
    when: 'a chain of workers may take longer than the phase',
    // 5 minutes for hotspots come before.
    change: (spec) => (task(spec, 1, 1)['timeout'] = '16m'),
    path: 'spec.masters[1].tasks[1].timeout',
    names: ['hotspots → improve', '21m', '20m'],
    line: 'timeout: 16m',
  },
  {
    rule: 'worker-undeclared',
    when: 'a worker is placed nowhere while others are',
    change: (spec) => (spec['cluster'] = { placement: [{ node: 'one', workers: ['scan', 'hotspots'] }] }),
    path: 'spec.masters[1].tasks[1].id',
    names: ['"improve"', 'spec.cluster.placement'],
    line: 'id: improve',
  },
  {
    rule: 'worker-unused',
    when: 'a worker is placed that nobody asks for',
    change: (spec) => {
      spec['cluster'] = { placement: [{ node: 'one', workers: ['scan', 'hotspots', 'improve', 'review'] }] };
    },
    path: 'spec.cluster.placement[0].workers[3]',
    names: ['"review"', 'one'],
    line: '- review',
    warning: true,
  },
  {
    rule: 'worker-unused',
    when: 'a kind of worker is sized that nobody asks for',
    change: (spec) => (spec['workers'] = { 'catalog-worker': { retries: 2 } }),
    path: 'spec.workers.catalog-worker',
    names: ['catalog-worker', 'no task'],
    line: 'catalog-worker:',
    warning: true,
  },
  {
    rule: 'image-unused',
    when: 'an image is named for a capability that no task has',
    change: (spec) => {
      const image = `registry.example/node@sha256:${'0'.repeat(64)}`;
      spec['cluster'] = { images: { 'scan-worker/secret': image } };
    },
    path: 'spec.cluster.images["scan-worker/secret"]',
    names: ['scan-worker/secret', 'scan-worker/secrets'],
    line: 'scan-worker/secret:',
    warning: true,
  },
  {
    rule: 'placed-twice',
    when: 'a worker stands on two nodes',
    change: (spec) => {
      const workers = ['scan', 'hotspots', 'improve'];
      spec['cluster'] = { placement: [{ node: 'one', workers }, { node: 'two', workers: ['scan'] }] }; // prettier-ignore
    },
    path: 'spec.cluster.placement[1].workers[0]',
    names: ['one', 'two'],
    line: '- scan',
  },
  {
    rule: 'fits-node',
    when: 'a worker asks for more than a node has',
    change: (spec) => {
      spec['cluster'] = { nodes: { memory: '2Gi' } };
      task(spec, 0, 0)['resources'] = { memory: '3Gi' };
    },
    path: 'spec.masters[0].tasks[0].resources.memory',
    names: ['3 GiB', '2 GiB'],
    line: 'memory: 3Gi',
  },
  {
    rule: 'fits-quota',
    when: 'a worker asks for more than the namespace has',
    change: (spec) => {
      spec['cluster'] = { quota: { cpu: 1 } };
      task(spec, 0, 0)['resources'] = { cpu: '1500m' };
    },
    path: 'spec.masters[0].tasks[0].resources.cpu',
    names: ['1500m', ' 1'],
    line: 'cpu: 1500m',
  },
  {
    rule: 'too-many-workers',
    when: 'a plan has more workers than a matrix has legs',
    change: (spec) => {
      const tasks = Array.from({ length: 254 }, (_, index) => ({
        id: `scan-${index}`,
        worker: 'scan-worker',
        capability: 'secrets',
      }));
      spec['tasks'] = tasks;
    },
    path: 'spec.tasks[253].id',
    names: ['257', '256'],
    line: 'id: scan-253',
  },
  {
    rule: 'parallel-masters',
    when: 'legs that wait for each other don’t run at once',
    change: (spec) => {
      spec['parallel'] = { masters: 1 };
      task(spec, 0, 0)['needs'] = ['hotspots'];
    },
    path: 'spec.parallel.masters',
    names: ['1 masters', '2'],
    line: 'masters: 1',
  },
  {
    rule: 'criterion-invalid',
    when: 'a fact is misspelt',
    change: (spec) => (spec['success'] = [{ id: 'started', check: 'workers.strated >= 16' }]),
    path: 'spec.success[0].check',
    names: ['strated', 'workers'],
    line: 'check: workers.strated >= 16',
  },
  {
    rule: 'criterion-constant',
    when: 'a criterion can’t fail',
    change: (spec) => (spec['success'] = [{ id: 'always', check: '1 < 2' }]),
    path: 'spec.success[0].check',
    names: ['no fact'],
    line: 'check: 1 < 2',
  },
  {
    rule: 'criterion-duplicate',
    when: 'a criterion is declared twice',
    change: (spec) => {
      spec['success'] = [{ id: 'done', check: 'tasks.failed == 0' }, { id: 'done', check: 'tasks.blocked == 0' }]; // prettier-ignore
    },
    path: 'spec.success[1].id',
    names: ['"done"', 'spec.success[0]'],
    line: 'id: done',
  },
  {
    rule: 'criterion-reason',
    when: 'a criterion may not apply and does not say why',
    change: (spec) => (spec['success'] = [{ id: 'fast', check: 'redis.latency_ms < 10.0', when: 'doors.redis' }]),
    path: 'spec.success[0].when',
    names: ['`when`', '`reason`'],
    line: 'when: doors.redis',
  },
];

describe('a rule finds one difference, in its place', () => {
  it.each(claims)('$rule: $when', ({ change, rule, path, names, line, warning }) => {
    const text = changedPlan(change);
    const problems = problemsIn(text);
    expect(problems.map((problem) => problem.rule)).toEqual([rule]);
    const problem = at(problems, 0);
    expect(problem.path).toBe(path);
    expect(problem.severity).toBe(warning === true ? 'warning' : 'error');
    for (const name of names) expect(`${problem.message} ${problem.expected} ${problem.remedy}`).toContain(name);
    expect(at(text.split('\n'), problem.line - 1)).toContain(line);
  });

  it('and nothing in the simple plan', () => {
    expect(problemsIn(changedPlan())).toEqual([]);
  });

  it('points at the very fact inside an expression', () => {
    const text = changedPlan(
      (spec) => (spec['success'] = [{ id: 'started', check: 'masters.failed == 0 && tasks.nope > 1' }]),
    );
    const problem = at(problemsIn(text), 0);
    const line = at(text.split('\n'), problem.line - 1);
    expect(line.slice(problem.column - 1, (problem.endColumn ?? 0) - 1)).toBe('tasks.nope');
  });

  it('says everything at once, unknown keys and broken rules, in the order of the file', () => {
    const text = changedPlan((spec) => {
      spec['deadline'] = '10m';
      at(spec.masters, 0)['colour'] = 'red';
      task(spec, 1, 1)['needs'] = ['nothing-like-it'];
    });
    expect(problemsIn(text).map(({ rule }) => rule)).toEqual(['deadline-mismatch', 'unknown-key', 'unknown-need']);
  });
});

describe('the plans', () => {
  it.each(planNames)('%s breaks no rule', (name) => {
    expect(problemsIn(shippedPlan(name))).toEqual([]);
  });

  const original = problemsIn(originalPlan());
  const found = (rule: string): readonly string[] =>
    original.filter((each) => each.rule === rule).map((each) => each.message);

  it.each([
    ['budget-tree-sum', ['340,000', '295,000', '25,000']],
    ['pool-without-workers', ['30,000', '0 workers']],
    ['phase-count', ['5 phases', '6']],
    ['worker-count', ['16 workers', '18']],
    ['worker-owner', ['development-master', 'testing-master', 'test-worker-01']],
    ['target-mismatch', ['104', '50']],
    ['deadline-mismatch', ['45m', '1h']],
    ['retry-exceeds-budget', ['70,000', '20,000']],
  ])('the original breaks %s, and both sides are named', (rule, sides) => {
    expect(found(rule).some((message) => sides.every((side) => message.includes(side)))).toBe(true);
  });

  it('the original overcommits five pools by the sums of its own table', () => {
    // 4 x 8k, 3 x 8k, 2 x 10k + 6k, 3 x 6k, 5k + 10k, each against the pool of its master.
    const sides = [['24,000', '15,000'], ['26,000', '20,000'], ['32,000', '15,000'], ['18,000', '15,000'], ['15,000', '10,000']]; // prettier-ignore
    const messages = found('pool-overcommit');
    expect(messages).toHaveLength(5);
    for (const [index, pair] of sides.entries()) for (const side of pair) expect(messages[index]).toContain(side);
  });

  it('the original uses three workers that it places nowhere, and places two that nobody uses', () => {
    const named = (messages: readonly string[]): readonly (string | undefined)[] =>
      messages.map((each) => /"([^"]+)"/.exec(each)?.[1]);
    expect(named(found('worker-undeclared'))).toEqual([
      'analysis-worker-03',
      'implementation-worker-03',
      'implementation-worker-04',
    ]);
    expect(named(found('worker-unused'))).toEqual(['documentation-worker-01', 'review-worker-01']);
  });

  it('the original gives four implementation workers 45 minutes in a phase of 20', () => {
    expect(found('timeout-exceeds-phase')).toHaveLength(4);
    for (const message of found('timeout-exceeds-phase')) expect(message).toMatch(/45m.*20m/);
  });

  it('the original states thresholds in two further orders', () => {
    expect(found('threshold-conflict')).toEqual([expect.stringMatching(/80 .*90/), expect.stringMatching(/90 .*95/)]);
  });

  it('the original gives its eight model tasks less than the least', () => {
    // Four implementations and four test writers.
    expect(found('budget-unrealistic')).toHaveLength(8);
  });
});
