import type { Node, YAMLMap } from '../../shared/yaml.ts';
import type { Entry, Text } from './yaml-view.ts';

/** A GitHub Actions workflow as the rules see it; every `at` is an offset into `text`. */
export interface Workflow {
  readonly path: string;
  readonly text: string;
  readonly root: YAMLMap;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly triggers: ReadonlyMap<string, Trigger>;
  readonly jobs: readonly Job[];
  readonly hasAliases: boolean;
  readonly positionOf: (offset: number) => { readonly line: number; readonly column: number };
}

export interface Trigger {
  readonly name: string;
  readonly at: number;
  /** The filters it sets: `branches`, `paths`… */
  readonly filters: ReadonlySet<string>;
  /** Activity types; empty where the trigger names none. */
  readonly types: readonly string[];
  /** Declared inputs and their types, in lower case. */
  readonly inputs: ReadonlyMap<string, string>;
}

export interface Job {
  readonly id: string;
  readonly at: number;
  /** The value as written; an alias where the job repeats another. */
  readonly written: Node | undefined;
  readonly entries: ReadonlyMap<string, Entry>;
  /** The reusable workflow that the job calls. */
  readonly uses: Text | undefined;
  readonly steps: readonly Step[];
  /** Images of the job's container and services. */
  readonly images: readonly { readonly name: string; readonly image: Text }[];
}

export interface Step {
  readonly index: number;
  readonly at: number;
  readonly uses: Text | undefined;
  readonly run: Text | undefined;
  readonly with: ReadonlyMap<string, Text>;
}

/** `owner/name` of the action or reusable workflow that a `uses` names, in lower case, without path and version. */
export function actionName(uses: Text | undefined): string | undefined {
  const [reference = ''] = uses?.value.split('@') ?? [];
  const [owner, name] = reference.toLowerCase().split('/');
  return owner && name && !owner.startsWith('.') && !owner.endsWith(':') ? `${owner}/${name}` : undefined;
}

/** How findings name a place: `path`, `path#jobs.<id>` or `path#jobs.<id>.steps[n]`; steps count from 0. */
export function subjectOf(path: string, job?: Job, step?: Step): string {
  if (!job) return path;
  return step ? `${path}#jobs.${job.id}.steps[${step.index}]` : `${path}#jobs.${job.id}`;
}
