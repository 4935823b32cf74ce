import type { HostIdentity, HostPullRequest } from '../../../src/protocol/code-host.ts';
import type { MasterName, Severity } from '../../../src/protocol/words.ts';
import type { PublishPolicy } from '../../../src/plan/plan.ts';
import { completeTasks } from '../../../src/report/publish/fix/candidates.ts';
import type { PublishInput } from '../../../src/report/publish/input.ts';
import type { LessonFromPerson } from '../../../src/report/publish/lessons.ts';
import type { PublishOutcome } from '../../../src/report/publish/outcome.ts';
import { publishChanges } from '../../../src/report/publish/publish-changes.ts';
import type { Report } from '../../../src/protocol/report.ts';
import { changeWith, taskWith } from '../report-parts.ts';
import { reportWith } from '../report.ts';
import type { Written } from './memory-git.ts';
import { startWith, type People } from './people.ts';
import { candidateFor, proposed, type Proposal } from './proposals.ts';
import { MemoryHost, ours } from './publish-host.ts';

/** Lines of every file that a story begins with. */
export const text = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n';

export interface FixWish {
  readonly path?: string;
  /** The line that it writes in capitals. */
  readonly line?: string;
  readonly severity?: Severity;
  readonly master?: MasterName;
  readonly capability?: string;
  readonly task?: string;
  readonly verdict?: Proposal['verdict'];
  readonly change?: Proposal['change'];
  readonly edits?: Proposal['edits'];
}

export interface RunWish extends Partial<Omit<PublishInput, 'report' | 'aggregate' | 'policy' | 'completeTasks'>> {
  readonly pulls?: Partial<PublishPolicy['pullRequests']>;
  readonly policy?: Partial<PublishPolicy>;
  readonly report?: Partial<Report>;
  /** Tasks that did not see everything. */
  readonly partial?: readonly string[];
  readonly plan?: string;
  /** The same execution published again. */
  readonly again?: boolean;
  readonly execution?: string;
}

/** A repository through several executions: what people do there, and what each run makes of it. */
export class Story {
  readonly memory: MemoryHost;
  readonly people: People;
  /** The commit that changes are made on, unless they say otherwise. */
  on: string;
  lessons: readonly LessonFromPerson[] = [];
  private execution = '';
  private startedAt = '';

  constructor(files: Written = {}, identity: HostIdentity = ours) {
    this.memory = new MemoryHost(identity);
    const own = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [`src/${name}.txt`, text]));
    this.people = startWith(this.memory, { ...own, 'README.md': '# Shop\n', ...files });
    this.on = this.head('main');
  }

  head(branch: string): string {
    return this.memory.git.branches.get(branch) ?? '';
  }

  fileAt(branch: string, path: string): string | undefined {
    return this.memory.git.treeAt(this.head(branch)).get(path)?.content;
  }

  /** A fix of one line, made on the commit that changes are made on. */
  fix(name: string, wish: FixWish = {}): Proposal {
    const { path = `src/${name}.txt`, line = 'two', edits, ...rest } = wish;
    const before = this.memory.git.treeAt(this.on).get(path)?.content ?? null;
    const after = before === null ? `${line.toUpperCase()}\n` : before.replace(line, line.toUpperCase());
    return { name, on: this.on, edits: edits ?? [{ path, before, after }], ...rest } as Proposal;
  }

  fixes(...names: readonly string[]): readonly Proposal[] {
    return names.map((name) => this.fix(name));
  }

  /** From now on changes are made on the base as it is. */
  rebase(): void {
    this.on = this.head('main');
  }

  /** Pull requests from the branch of a fix, oldest first. */
  pulls(name: string): readonly HostPullRequest[] {
    const id = candidateFor(this.fix(name)).change.fingerprint.slice(0, 12);
    return this.pullsWith(id);
  }

  pullsWith(part: string): readonly HostPullRequest[] {
    const branches = this.memory.threads.pulls.map((pull) => pull.branch);
    const view = this.memory.look({
      base: null,
      prefix: 'cortex/',
      branches,
      results: 'cortex/results',
      issueLabel: 'cortex-dashboard',
      ownIssues: null,
      labels: [],
      mergedSince: this.memory.time,
    });
    return view.pullRequests.filter((pull) => pull.branch.includes(part));
  }

  number(name: string): number {
    return this.pulls(name).at(-1)?.number ?? 0;
  }

  branch(name: string): string {
    return this.pulls(name).at(-1)?.branch ?? '';
  }

  get dashboard() {
    return this.memory.threads.issues.find((issue) => issue.labels.includes('cortex-dashboard'));
  }

  tick(name: string): number {
    if (!this.dashboard) return 0;
    return this.people.tick(this.dashboard.number, name);
  }

  input(proposals: readonly Proposal[], wish: RunWish = {}): PublishInput {
    const { pulls, policy, report: told, partial = [], plan = 'nightly', again, execution, ...rest } = wish;
    const { memory } = this;
    if (!again) memory.now += 60 * 60 * 1000;
    this.execution = again ? this.execution : (execution ?? `CORTEX-EXEC-${stamp(memory.now)}`);
    if (!again) this.startedAt = timeOf(this.execution) ?? new Date(memory.now).toISOString();
    const at = this.startedAt;
    const report = reportFor(proposals, {
      plan,
      execution: this.execution,
      partial,
      told: { started_at: at, completed_at: at, ...told },
    });
    return {
      report,
      aggregate: {
        changes: proposals.map((each) => ({ ...proposed(each), task_id: each.task ?? 'fix-headers' })),
        results: [],
      },
      policy: { ...usualPolicy, ...policy, pullRequests: { ...usualPolicy.pullRequests, ...pulls } },
      host: memory.host,
      identity: memory.identity,
      mode: 'apply',
      clock: { now: () => memory.now },
      runUrl: 'https://github.example/acme/shop/actions/runs/1',
      completeTasks: completeTasks(
        report,
        report.tasks.map((task) => ({ id: task.task_id, needs: [] })),
      ),
      mask: (shown) => shown,
      base: null,
      lessons: this.lessons,
      questions: [],
      minRole: 'write',
      ...rest,
    };
  }

  async run(proposals: readonly Proposal[], wish: RunWish = {}): Promise<PublishOutcome> {
    return publishChanges(this.input(proposals, wish));
  }

  /** What became of each fix, by its name: `update: its files are not what they should be now`. */
  words(
    outcome: PublishOutcome,
    names: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
  ): Readonly<Record<string, string>> {
    const named = new Map(names.map((name) => [candidateFor(this.fix(name)).change.fingerprint, name]));
    return Object.fromEntries(
      outcome.items.map(({ changes, branch, action, reason }) => {
        const name =
          changes.length > 0
            ? changes
                .map((change) => named.get(change) ?? '?')
                .toSorted()
                .join('+')
            : branch;
        return [name, `${action}: ${reason}`];
      }),
    );
  }
}

export const usualPolicy: PublishPolicy = {
  branch: 'cortex/results',
  keep: 50,
  pullRequests: {
    max: 20,
    perRun: 10,
    pace: { start: 5, days: 7 },
    group: 'none',
    draft: true,
    labels: ['cortex'],
    reviewers: 'codeowners',
  },
  size: { files: 50, lines: 2000 },
  paths: { allow: ['**'], deny: [] },
};

/** When an execution began that is named after a time. */
function timeOf(execution: string): string | undefined {
  const [, day, hour, minute, second] = /(\d{4}-\d\d-\d\d)-(\d\d)(\d\d)(\d\d)$/.exec(execution) ?? [];
  return day === undefined ? undefined : `${day}T${hour}:${minute}:${second}.000Z`;
}

function stamp(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)}-${iso.slice(11, 19).replaceAll(':', '')}`;
}

function reportFor(
  proposals: readonly Proposal[],
  wish: {
    readonly plan: string;
    readonly execution: string;
    readonly partial: readonly string[];
    readonly told: Partial<Report> | undefined;
  },
): Report {
  const candidates = proposals.map(candidateFor);
  const tasks = new Map(candidates.map((each) => [each.task, each]));
  const known = ['fix-headers', ...tasks.keys()];
  return reportWith({
    execution_id: wish.execution,
    plan: { name: wish.plan, file: `plans/${wish.plan}.yaml`, digest: 'a'.repeat(64) },
    tasks: [...new Set(known)].map((task) =>
      taskWith({
        task_id: task,
        capability: tasks.get(task)?.capability ?? 'fix-headers',
        master: tasks.get(task)?.master ?? 'development-master',
        result_status: wish.partial.includes(task) ? 'partial' : 'done',
      }),
    ),
    findings: candidates.flatMap(({ findings, task }) => findings.map((finding) => ({ ...finding, task_id: task }))),
    changes: candidates.map(({ change, task, master, verdict, reason }) =>
      changeWith({
        fingerprint: change.fingerprint,
        title: change.title,
        task_id: task,
        master,
        verdict,
        reason,
        base_commit: change.baseCommit,
        findings_gone: change.proof.gone,
        files: change.files.map(({ path, addedLines, removedLines }) => ({
          path,
          added: addedLines,
          removed: removedLines,
        })),
      }),
    ),
    ...wish.told,
  });
}
