import { gateResult, type GatePolicy, type GateResult, type Rerun } from '../../../checks/gates/gate.ts';
import { runGates } from '../../../checks/gates/run-gates.ts';
import { checkWorkflows } from '../../../checks/workflows/check-workflows.ts';
import type { Workspace } from '../../../checks/workspace.ts';
import type { Change, Review } from '../../../protocol/change.ts';
import type { Perform, WorkContext, Work } from '../../work.ts';

/** The tool that proves a change, by the capability that makes it. A capability without one needs a person. */
const reruns: Readonly<Record<string, Rerun>> = { 'fix-workflows': (workspace) => checkWorkflows(workspace, ['**']) };

/** Judges every change of the upstream tasks by every gate, with one evidence document per change. */
export const reviewChange: Perform<'review-worker', 'change'> = async (context) => {
  const proposals = proposalsOf(context.upstream);
  if (proposals.length === 0) return nothingToReview(context);
  const judge = createJudge(context.workspace, { ...context.inputs, deny: [] });
  const reviews: Review[] = [];
  for (const proposal of proposals) reviews.push(await keepReview(context, proposal, judge(proposal)));
  const approved = reviews.filter((review) => review.verdict === 'approve').length;
  return {
    summary: `${reviews.length} changes reviewed: ${approved} approved, ${reviews.length - approved} not`,
    reviews,
  };
};

type Upstream = WorkContext<unknown>['upstream'];

interface Proposal {
  readonly task: string;
  readonly capability: string;
  readonly change: Change;
}

function proposalsOf(upstream: Upstream): readonly Proposal[] {
  return upstream.flatMap(({ task, capability, result }) =>
    result.changes.map((change) => ({ task, capability, change })),
  );
}

/** A function that judges changes in their order: of two that touch the same path, the later one fails `no-overlap`. */
function createJudge(workspace: Workspace, policy: GatePolicy): (proposal: Proposal) => readonly GateResult[] {
  const takenBy = new Map<string, string>();
  return ({ capability, change }) => {
    const rerun = Object.hasOwn(reruns, capability) ? reruns[capability] : undefined;
    const shared = change.files.filter((file) => takenBy.has(file.path));
    const wrong = shared.map((file) => `${file.path} is changed by "${takenBy.get(file.path)}" too`);
    for (const file of change.files) if (!takenBy.has(file.path)) takenBy.set(file.path, change.title);
    return [
      ...runGates(change, { capability, workspace, policy, rerun }),
      gateResult('no-overlap', wrong, 'no other change touches its files'),
    ];
  };
}

async function keepReview(
  context: WorkContext<unknown>,
  proposal: Proposal,
  gates: readonly GateResult[],
): Promise<Review> {
  const { change, task, capability } = proposal;
  const verdict = gates.every((gate) => gate.passed) ? 'approve' : 'request-changes';
  const review: Review = { change: change.fingerprint, verdict, gates: [...gates] };
  const subject = { task, capability, title: change.title, baseCommit: change.baseCommit, files: change.files };
  await context.keepEvidence(`Review of "${change.title}"`, 'application/json', { ...subject, ...review });
  return review;
}

async function nothingToReview({ upstream, keepEvidence }: WorkContext<unknown>): Promise<Work> {
  const looked = upstream.map(({ task, capability, result }) => ({
    task,
    capability,
    status: result.status,
    changes: 0,
  }));
  await keepEvidence('Upstream tasks without a change', 'application/json', { upstream: looked });
  return { summary: 'no change to review', status: 'done' };
}
