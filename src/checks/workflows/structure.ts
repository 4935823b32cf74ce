import { isMap, isSeq, visit, type Document, type Node, type YAMLMap } from '../../shared/yaml.ts';
import { quoted } from './wording.ts';
import { keyText, startOf, type Entry, type YamlView } from './yaml-view.ts';

/** Why GitHub would not run the file, where, and what to do. */
export interface SyntaxProblem {
  readonly at: number;
  readonly message: string;
  readonly remedy: string;
}

const most = 50;
const jobId = /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/;

/** What is wrong with the document as YAML: errors, repeated keys, merge keys, not a map. */
export function documentProblems(document: Document.Parsed): readonly SyntaxProblem[] {
  if (document.errors.length > 0) {
    return document.errors.slice(0, most).map((error) => ({
      at: error.pos[0],
      message: `Not valid YAML: ${(error.message.split('\n')[0] ?? '').slice(0, 200)}`,
      remedy: 'Correct the YAML at this place.',
    }));
  }
  if (!isMap(document.contents)) {
    return [
      {
        at: startOf(document.contents),
        message: 'A workflow must be a map',
        remedy: 'Write `on:` and `jobs:` at the top level.',
      },
    ];
  }
  return [...keyProblems(document), ...aliasProblems(document)].slice(0, most);
}

/** What GitHub requires of every workflow and this file lacks. */
export function structureProblems(root: YAMLMap, view: YamlView): readonly SyntaxProblem[] {
  const entries = view.entries(root);
  return [...triggerProblems(root, entries.get('on'), view), ...jobsProblems(root, entries.get('jobs'), view)].slice(
    0,
    most,
  );
}

function keyProblems(document: Document.Parsed): readonly SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  visit(document, {
    Map: (_key, map) => {
      const seen = new Set<string>();
      for (const pair of map.items) {
        const key = keyText(pair.key);
        if (key === undefined)
          problems.push({ at: startOf(pair.key), message: 'A key must be text', remedy: 'Write a plain key.' });
        else if (key === '<<') problems.push(mergeKey(startOf(pair.key)));
        else if (seen.has(key)) problems.push(repeatedKey(key, startOf(pair.key)));
        else seen.add(key);
      }
    },
  });
  return problems;
}

function aliasProblems(document: Document.Parsed): readonly SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  const anchors = new Set<string>();
  visit(document, {
    Alias: (_key, alias) => {
      const message = `No anchor ${quoted(alias.source)} stands above this alias`;
      if (!anchors.has(alias.source))
        problems.push({ at: startOf(alias), message, remedy: 'Define the anchor first, or write the value out.' });
    },
    Value: (_key, node) => {
      if (node.anchor !== undefined) anchors.add(node.anchor);
    },
  });
  return problems;
}

function mergeKey(at: number): SyntaxProblem {
  return {
    at,
    message: 'GitHub does not support YAML merge keys',
    remedy: 'Write the merged keys out, or alias whole values.',
  };
}

function repeatedKey(key: string, at: number): SyntaxProblem {
  return { at, message: `The key ${quoted(key)} stands twice in the same map`, remedy: 'Keep one of the two.' };
}

function triggerProblems(root: Node, on: Entry | undefined, view: YamlView): readonly SyntaxProblem[] {
  const remedy = 'Write at least one event, such as `on: push`.';
  if (!on) return [{ at: startOf(root), message: 'The workflow has no `on`: nothing can start it', remedy }];
  if (view.texts(on.value).length > 0 || view.entries(on.value).size > 0) return [];
  return [{ at: on.at, message: '`on` names no event', remedy }];
}

function jobsProblems(root: Node, jobs: Entry | undefined, view: YamlView): readonly SyntaxProblem[] {
  const remedy = 'Write at least one job under `jobs:`.';
  if (!jobs) return [{ at: startOf(root), message: 'The workflow has no `jobs`', remedy }];
  const entries = [...view.entries(jobs.value).values()];
  if (entries.length === 0) return [{ at: jobs.at, message: '`jobs` holds no job', remedy }];
  return entries.flatMap((job) => jobProblems(job, view));
}

function jobProblems(job: Entry, view: YamlView): readonly SyntaxProblem[] {
  const name = quoted(job.key);
  if (!jobId.test(job.key)) {
    return [
      {
        at: job.at,
        message: `${name} is no job id`,
        remedy: 'Use letters, digits, - and _, starting with a letter or _.',
      },
    ];
  }
  if (!isMap(job.value))
    return [
      { at: job.at, message: `The job ${name} is not a map`, remedy: 'Give it `runs-on` and `steps`, or `uses`.' },
    ];
  const entries = view.entries(job.value);
  if (entries.has('uses')) return [];
  if (!entries.has('runs-on'))
    return [{ at: job.at, message: `The job ${name} has neither \`runs-on\` nor \`uses\``, remedy: 'Name a runner.' }];
  return stepsProblems(job, entries.get('steps'), view);
}

function stepsProblems(job: Entry, steps: Entry | undefined, view: YamlView): readonly SyntaxProblem[] {
  if (!isSeq(steps?.value) || steps.value.items.length === 0) {
    return [
      {
        at: steps?.at ?? job.at,
        message: `The job ${quoted(job.key)} has no list of steps`,
        remedy: 'Write `steps:` with at least one step.',
      },
    ];
  }
  return view
    .items(steps.value)
    .flatMap((step) =>
      isMap(step) ? [] : [{ at: startOf(step), message: 'A step must be a map', remedy: 'Give it `run` or `uses`.' }],
    );
}
