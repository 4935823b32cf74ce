import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkflowPolicy } from '../../src/plan/plan.ts';
import { mayStart, type StartRequest } from '../../src/plan/start-gate.ts';
import { CortexError } from '../../src/shared/errors.ts';

const policy: WorkflowPolicy = { runner: 'ubuntu-latest', environment: null, role: 'write', refs: ['release/2'] };
const usual: StartRequest = {
  event: 'workflow_dispatch',
  actor: 'mona',
  role: 'write',
  isFork: false,
  ref: 'refs/heads/main',
  defaultBranch: 'main',
  wanted: 'auto',
  hasResults: true,
  isElsewhere: false,
  policy,
};

function outcome(change: Partial<StartRequest>): string {
  try {
    return mayStart({ ...usual, ...change }).mode;
  } catch (error) {
    if (error instanceof CortexError) return error.code;
    throw error;
  }
}

describe('a run', () => {
  const cases: readonly (readonly [string, Partial<StartRequest>, string])[] = [
    ['of somebody who may write, on the default branch', {}, 'apply'],
    ['that is the first of its repository', { hasResults: false }, 'staged'],
    ['that is the first, but told to write', { hasResults: false, wanted: 'apply' }, 'apply'],
    ['that is told to write nothing', { wanted: 'staged' }, 'staged'],
    ['that is to show the plan alone', { wanted: 'preview' }, 'preview'],
    ['of somebody who may read', { role: 'read' }, 'start-role'],
    ['of somebody who may sort issues', { role: 'triage' }, 'start-role'],
    ['of somebody with no role', { role: 'none' }, 'start-role'],
    ['of somebody whose role can’t be read', { role: undefined }, 'start-role'],
    ['of a reader who only wants to see the plan', { role: 'read', wanted: 'preview' }, 'preview'],
    ['of somebody who maintains', { role: 'maintain' }, 'apply'],
    ['of somebody with less than the plan asks for', { policy: { ...policy, role: 'maintain' } }, 'start-role'],
    ['of an owner', { role: 'admin', policy: { ...policy, role: 'admin' } }, 'apply'],
    ['of a plan that the default branch does not have', { policy: null, ref: 'refs/heads/release/2' }, 'staged'],
    ['of such a plan, told to write', { policy: null, ref: 'refs/heads/release/2', wanted: 'apply' }, 'start-ref'],
    ['of such a plan, by somebody who may read', { policy: null, role: 'read' }, 'start-role'],
    ['on another repository', { isElsewhere: true }, 'staged'],
    ['on another repository, told to write', { isElsewhere: true, wanted: 'apply' }, 'apply'],
    ['on a branch that the plan lists', { ref: 'refs/heads/release/2' }, 'apply'],
    ['on any other branch', { ref: 'refs/heads/topic' }, 'staged'],
    ['on any other branch, told to write', { ref: 'refs/heads/topic', wanted: 'apply' }, 'start-ref'],
    ['on a tag that is called like the default branch', { ref: 'refs/tags/main' }, 'staged'],
    ['on a ref of a pull request', { ref: 'refs/pull/7/merge', wanted: 'apply' }, 'start-ref'],
    ['in a fork', { isFork: true, role: 'admin' }, 'start-fork'],
    ['in a fork, to see the plan', { isFork: true, wanted: 'preview' }, 'preview'],
    ['by a schedule, whoever wrote it last', { event: 'schedule', role: undefined }, 'apply'],
    ['by a schedule on another branch', { event: 'schedule', ref: 'refs/heads/release/2' }, 'staged'],
    ['by a schedule of a fork', { event: 'schedule', isFork: true }, 'start-fork'],
    ['by a push of somebody who may write', { event: 'push' }, 'apply'],
    ['by a push of a bot without a role', { event: 'push', actor: 'dependabot[bot]', role: 'none' }, 'start-role'],
    ['by a push of a bot that may write', { event: 'push', actor: 'hubot[bot]', role: 'admin' }, 'start-bot'],
    ['by a bot, to see the plan', { actor: 'hubot[bot]', wanted: 'preview' }, 'preview'],
    ['by a schedule that a bot wrote last', { event: 'schedule', actor: 'hubot[bot]' }, 'apply'],
    ['by an event of the API', { event: 'repository_dispatch' }, 'apply'],
    ['by a pull request', { event: 'pull_request' }, 'start-event'],
    ['by a pull request with rights', { event: 'pull_request_target', wanted: 'preview' }, 'start-event'],
    ['by another workflow', { event: 'workflow_run' }, 'start-event'],
    ['by a comment', { event: 'issue_comment' }, 'start-event'],
    ['by nothing that is known', { event: '' }, 'start-event'],
  ];

  it.for(cases)('%s: %o gives %s', ([, change, expected]) => {
    expect(outcome(change)).toBe(expected);
  });

  it('says why it may do no more', () => {
    expect(mayStart({ ...usual, hasResults: false }).reasons.join()).toContain('`apply`');
    expect(mayStart({ ...usual, ref: 'refs/heads/topic' }).reasons.join()).toContain('refs/heads/topic');
  });
});

describe('whatever asks for it', () => {
  const anyRequest = fc.record({
    event: fc.constantFrom('workflow_dispatch', 'schedule', 'push', 'pull_request', 'issue_comment', 'workflow_run'),
    actor: fc.constantFrom('mona', 'hubot[bot]'),
    role: fc.constantFrom(undefined, 'none', 'read', 'triage', 'write', 'maintain', 'admin') as fc.Arbitrary<
      StartRequest['role']
    >,
    isFork: fc.boolean(),
    ref: fc.constantFrom('refs/heads/main', 'refs/heads/release/2', 'refs/heads/topic', 'refs/tags/main', 'main', ''),
    defaultBranch: fc.constant('main'),
    wanted: fc.constantFrom('auto', 'preview', 'staged', 'apply') as fc.Arbitrary<StartRequest['wanted']>,
    hasResults: fc.boolean(),
    policy: fc.constantFrom(policy, { ...policy, role: 'admin', refs: [] }) as fc.Arbitrary<WorkflowPolicy>,
  });

  it('nothing writes but from a branch that may, by a role that may or a schedule, outside of forks', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        if (outcome(request) !== 'apply') return;
        const branches = [request.defaultBranch, ...request.policy.refs].map((name) => `refs/heads/${name}`);
        expect(branches).toContain(request.ref);
        expect(request.isFork).toBe(false);
        expect(['workflow_dispatch', 'schedule', 'push']).toContain(request.event);
        const enough = request.policy.role === 'admin' ? ['admin'] : ['write', 'maintain', 'admin'];
        expect(request.event === 'schedule' || enough.includes(request.role ?? 'none')).toBe(true);
        expect(request.event === 'schedule' || request.actor === 'mona').toBe(true);
        expect(['auto', 'apply']).toContain(request.wanted);
      }),
    );
  });
});
