import { messageOf } from '../../shared/errors.ts';
import { isMap, LineCounter, parseDocument, type Document, type Node } from '../../shared/yaml.ts';
import { documentProblems, structureProblems, type SyntaxProblem } from './structure.ts';
import type { Job, Step, Trigger, Workflow } from './workflow.ts';
import { startOf, viewYaml, type Entry, type Text, type YamlView } from './yaml-view.ts';

const maxCharacters = 512 * 1024;
const maxOpenBrackets = 200;
const maxAliases = 1000;
const maxJobs = 1000;
const maxSteps = 5000;

/** A workflow, or why it is none (`broken`: GitHub would refuse it too), or why it was not looked at (`unread`). */
export type Reading =
  | { readonly status: 'workflow'; readonly workflow: Workflow }
  | {
      readonly status: 'broken';
      readonly problems: readonly SyntaxProblem[];
      readonly positionOf: Workflow['positionOf'];
    }
  | { readonly status: 'unread'; readonly reason: string };

/** Reads a workflow file. Never throws; time and memory are bounded for any text. */
export function readWorkflow(path: string, text: string): Reading {
  if (text.length > maxCharacters)
    return { status: 'unread', reason: `larger than ${maxCharacters} characters; split it` };
  if (opensTooManyBrackets(text))
    return { status: 'unread', reason: `more than ${maxOpenBrackets} brackets left open; flatten it` };
  const lines = new LineCounter();
  const positionOf = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    // Checking that keys are unique takes quadratic time in the library; `documentProblems` does it in linear time.
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
    return readDocument(document, { path, text, positionOf });
  } catch (error) {
    return { status: 'unread', reason: `the YAML parser gave up: ${messageOf(error).slice(0, 200)}; flatten the file` };
  }
}

function readDocument(document: Document.Parsed, file: Pick<Workflow, 'path' | 'text' | 'positionOf'>): Reading {
  const broken = (problems: readonly SyntaxProblem[]): Reading => ({
    status: 'broken',
    problems,
    positionOf: file.positionOf,
  });
  if (document.errors.some((error) => error.message.startsWith('Maximum call stack')))
    return { status: 'unread', reason: 'nested too deeply; flatten it' };
  const yamlProblems = documentProblems(document);
  const root = document.contents;
  if (yamlProblems.length > 0 || !isMap(root)) return broken(yamlProblems);
  const view = viewYaml(document);
  if (view.aliases > maxAliases) return { status: 'unread', reason: `more than ${maxAliases} aliases; write them out` };
  const problems = structureProblems(root, view);
  if (problems.length > 0) return broken(problems);
  const entries = view.entries(root);
  const written = [...view.entries(entries.get('jobs')?.value).values()];
  if (written.length > maxJobs) return { status: 'unread', reason: `more than ${maxJobs} jobs; split it` };
  if (hasTooManySteps(written, view)) return { status: 'unread', reason: `more than ${maxSteps} steps; split it` };
  const jobs = written.map((entry) => readJob(entry, view));
  const triggers = readTriggers(entries.get('on')?.value, view);
  return { status: 'workflow', workflow: { ...file, root, entries, triggers, jobs, hasAliases: view.aliases > 0 } };
}

/** A crude bound before parsing: the parser's time grows with the square of the brackets left open. */
function opensTooManyBrackets(text: string): boolean {
  let open = 0;
  for (const bracket of text.matchAll(/[[\]{}]/g)) {
    open = bracket[0] === '[' || bracket[0] === '{' ? open + 1 : Math.max(0, open - 1);
    if (open > maxOpenBrackets) return true;
  }
  return false;
}

/** Counted before they are read: by aliases, a short file can repeat a long job many times. */
function hasTooManySteps(jobs: readonly Entry[], view: YamlView): boolean {
  let steps = 0;
  return jobs.some((job) => (steps += view.items(view.entries(job.value).get('steps')?.value).length) > maxSteps);
}

function readTriggers(on: Node | undefined, view: YamlView): ReadonlyMap<string, Trigger> {
  const named = view
    .texts(on)
    .map((text): Trigger => ({ name: text.value, at: text.start, filters: new Set(), types: [], inputs: new Map() }));
  const configured = [...view.entries(on).values()].map((entry): Trigger => {
    const settings = view.entries(entry.value);
    return {
      name: entry.key,
      at: entry.at,
      filters: new Set(settings.keys()),
      types: view.texts(settings.get('types')?.value).map((type) => type.value),
      inputs: readInputs(settings.get('inputs')?.value, view),
    };
  });
  return new Map([...named, ...configured].map((trigger) => [trigger.name, trigger]));
}

function readInputs(inputs: Node | undefined, view: YamlView): ReadonlyMap<string, string> {
  return new Map(
    [...view.entries(inputs).values()].map((input) => [
      input.key.toLowerCase(),
      view.text(view.entries(input.value).get('type')?.value)?.value ?? 'string',
    ]),
  );
}

function readJob(entry: Entry, view: YamlView): Job {
  const entries = view.entries(entry.value);
  return {
    id: entry.key,
    at: entry.at,
    written: entry.written,
    entries,
    uses: view.text(entries.get('uses')?.value),
    steps: view.items(entries.get('steps')?.value).map((node, index) => readStep(node, index, view)),
    images: readImages(entries, view),
  };
}

function readStep(node: Node, index: number, view: YamlView): Step {
  const entries = view.entries(node);
  return {
    index,
    at: startOf(node),
    uses: view.text(entries.get('uses')?.value),
    run: view.text(entries.get('run')?.value),
    with: textsByKey(entries.get('with')?.value, view),
  };
}

/** The text values of a map; keys in lower case, as the runner reads inputs. */
function textsByKey(node: Node | undefined, view: YamlView): ReadonlyMap<string, Text> {
  return new Map(
    [...view.entries(node).values()].flatMap((entry) => {
      const text = view.text(entry.value);
      return text ? [[entry.key.toLowerCase(), text] as const] : [];
    }),
  );
}

function readImages(job: ReadonlyMap<string, Entry>, view: YamlView): Job['images'] {
  const imageOf = (name: string, node: Node | undefined): Job['images'] => {
    const image = view.text(node) ?? view.text(view.entries(node).get('image')?.value);
    return image && image.value !== '' ? [{ name, image }] : [];
  };
  const services = [...view.entries(job.get('services')?.value).values()];
  return [
    ...imageOf('container', job.get('container')?.value),
    ...services.flatMap((service) => imageOf(`services.${service.key}`, service.value)),
  ];
}
