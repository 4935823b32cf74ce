import type { Setting } from './setting.ts';

const run = ['run'] as const;
/** Commands that reach a cluster, or a store inside one. */
const cluster = ['run', 'doctor', 'gc', 'watch', 'report', 'explain', 'answer', 'publish'] as const;

/** Settings of where workers run, and of the way in to a cluster. */
export const clusterSettings: readonly Setting[] = [
  {
    flag: 'launcher',
    type: 'string',
    value: 'process|kubernetes',
    help: 'Where workers run: child processes, or Jobs of a cluster (default: process)',
    commands: run,
    input: 'launcher',
  },
  {
    flag: 'launcher',
    type: 'string',
    value: 'process|kubernetes',
    help: 'Where workers would run: `process` asks no cluster (default: a cluster is asked where there is a way in)',
    commands: ['doctor'],
  },
  {
    flag: 'cluster-auth',
    type: 'string',
    value: 'kubeconfig|in-cluster|github',
    help: 'Way in to the cluster (default: kubeconfig where there is one, else in-cluster)',
    commands: cluster,
    input: 'cluster-auth',
  },
  {
    flag: 'kubeconfig',
    type: 'string',
    value: '<file>',
    help: 'Kubeconfig (default: KUBECONFIG, else ~/.kube/config)',
    commands: cluster,
  },
  {
    flag: 'kube-context',
    type: 'string',
    value: '<name>',
    help: 'Context of the kubeconfig (default: its current one)',
    commands: cluster,
  },
  {
    flag: 'cluster-server',
    type: 'string',
    value: '<https://…>',
    help: 'Address of the API server, with --cluster-auth github',
    commands: cluster,
    input: 'cluster-server',
  },
  {
    flag: 'cluster-ca',
    type: 'string',
    value: '<file>',
    help: 'Certificates to trust of the API server, with --cluster-auth github',
    commands: cluster,
    input: 'cluster-ca',
  },
  {
    flag: 'cluster-audience',
    type: 'string',
    value: '<name>',
    help: 'Audience of the identity token, with --cluster-auth github (default: cortex)',
    commands: cluster,
    input: 'cluster-audience',
  },
  {
    flag: 'namespace',
    type: 'string',
    value: '<name>',
    help: 'Namespace of the workers, for gc and --cancel (default: cortex-workers)',
    commands: ['run', 'gc'],
  },
  {
    flag: 'start-wait',
    type: 'string',
    value: '<10m>',
    help: 'How long a worker may wait for its place in the cluster (default: 10m)',
    commands: run,
    input: 'start-wait',
  },
  {
    flag: 'worker-logs',
    type: 'string',
    value: 'file|stream|off',
    help: 'Logs of workers: into files, printed as well, or not read from a cluster (default: file)',
    commands: run,
  },
  {
    flag: 'rehearse',
    type: 'string',
    value: '<2s>',
    help: 'Rehearse: workers take that long, look at nothing, and the run is marked as simulated',
    commands: run,
    input: 'rehearse',
  },
  {
    flag: 'cancel',
    type: 'string',
    value: '<id>',
    help: 'End an execution, wherever its processes and workers run',
    commands: run,
  },
  { flag: 'dry-run', type: 'boolean', help: 'Say what would be removed, and remove nothing', commands: ['gc'] },
];
