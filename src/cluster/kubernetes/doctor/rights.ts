import { findReadyPod } from '../tunnel/ready-pod.ts';
import { failed, met, type CheckLine } from './check.ts';
import type { Ground } from './ground.ts';

/** One thing that Cortex does in the cluster, and what comes of it where it may not. */
export interface Right {
  readonly verb: string;
  readonly resource: string;
  readonly group?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly why: string;
  /** Whether a run fails without it; else something of it stays unknown. */
  readonly isVital: boolean;
}

type Table = readonly (readonly [
  verbs: string,
  what: Pick<Right, 'resource' | 'group' | 'subresource'>,
  why: string,
  isVital: boolean,
])[];

const jobs = { resource: 'jobs', group: 'batch' };

/** Every verb that the launcher, `gc` and this doctor use in the namespace of the workers. */
const inWorkers: Table = [
  ['create get list watch delete', jobs, 'each worker is a Job', true],
  ['list watch', { resource: 'pods' }, 'workers are seen by their pods', true],
  ['get', { resource: 'pods' }, 'people look at one worker', false],
  ['get', { resource: 'pods', subresource: 'log' }, 'logs of workers are kept', false],
  ['create get delete', { resource: 'configmaps' }, 'the anchor and the program of an execution', true],
  ['list', { resource: 'configmaps' }, '`cortex gc` finds what was left behind', false],
  ['create', { resource: 'secrets' }, "workers get the store's address by a Secret", true],
  ['get', { resource: 'secrets' }, 'the Secret of an execution is compared', false],
  ['list', { resource: 'events' }, 'why a worker waits stands in events', false],
  ['list', { resource: 'resourcequotas' }, 'a worker that can never fit is told so at once', false],
];
const anywhere: Table = [['list', { resource: 'nodes' }, 'nodes, their sizes and their use are read', false]];

function rightsOf(table: Table, namespace?: string): readonly Right[] {
  return table.flatMap(([verbs, what, why, isVital]) =>
    verbs
      .split(' ')
      .map((verb) => ({ verb, ...what, why, isVital, ...(namespace === undefined ? {} : { namespace }) })),
  );
}

/** The rights that a run needs over the cluster, with those of the way to its store where that leads through it. */
export async function neededRights({ clients, wishes, tunnel }: Ground, onlyVital: boolean): Promise<readonly Right[]> {
  const all = [...rightsOf(inWorkers, wishes.namespace), ...rightsOf(anywhere)];
  if (onlyVital) return all.filter(({ isVital }) => isVital);
  if (!tunnel) return all;
  const common = { namespace: tunnel.namespace, why: 'the tunnel to the store', isVital: true };
  // A role may name the one pod that it opens: only that one is asked for, and only where there is one.
  const pod = await findReadyPod(clients, tunnel).catch(() => undefined);
  const forwards = { ...common, resource: 'pods', subresource: 'portforward' };
  return [
    ...all,
    { ...common, verb: 'get', resource: 'services' },
    { ...common, verb: 'list', resource: 'pods' },
    ...(pod ? ['get', 'create'].map((verb) => ({ ...forwards, verb, name: pod.name })) : []),
  ];
}

/** What the server says of each right. */
export async function askRights({ clients }: Ground, rights: readonly Right[]): Promise<readonly Right[]> {
  const answers = await Promise.all(
    rights.map(async (right) => {
      const { why: _why, isVital: _isVital, ...resourceAttributes } = right;
      const body = { spec: { resourceAttributes } };
      const review = await clients.authorization.createSelfSubjectAccessReview({ body });
      return review.status?.allowed === true;
    }),
  );
  return rights.filter((_right, index) => answers[index] !== true);
}

/** A line for each right that is missing, and one for all that are there. */
export function rightsChecks(rights: readonly Right[], missing: readonly Right[]): readonly CheckLine[] {
  const there = rights.length - missing.length;
  const seen = there === rights.length ? `all ${there}` : `${there} of ${rights.length}`;
  const summary = there === 0 ? [] : [met('rights', seen, 'each verb that Cortex uses')];
  return [...summary, ...missing.map(missingCheck)];
}

function missingCheck(right: Right): CheckLine {
  const where = right.namespace === undefined ? 'in the cluster' : `in ${right.namespace}`;
  return failed(`right: ${showRight(right)}`, {
    seen: `this way in may not ${showRight(right)} ${where}`,
    needed: right.why,
    remedy: 'Bind the role cortex-launcher of deploy/launcher to it: kubectl apply -k deploy/.',
  });
}

function showRight({ verb, resource, subresource, group }: Right): string {
  const sub = subresource === undefined ? '' : `/${subresource}`;
  return `${verb} ${resource}${sub}${group === undefined ? '' : `.${group}`}`;
}
