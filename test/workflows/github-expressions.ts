import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import {
  convertWorkflowTemplate,
  isBasicExpression,
  isMapping,
  isScalar,
  NoOperationTraceWriter,
  parseWorkflow,
  type WorkflowTemplate,
} from '@actions/workflow-parser';

type TemplateToken = WorkflowTemplate['concurrency'];

export interface ParsedWorkflow {
  readonly template: WorkflowTemplate;
  readonly errors: readonly string[];
}

/** Parses a workflow with GitHub's own parser. */
export async function parseAsGitHub(name: string, content: string): Promise<ParsedWorkflow> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (!value) throw new Error(context.errors.getErrors().map(String).join('\n'));
  const template = await convertWorkflowTemplate(context, value);
  return { template, errors: context.errors.getErrors().map(({ message }) => message) };
}

/** The expression of a job's `if`, as GitHub completes it. */
export function conditionOf(template: WorkflowTemplate, job: string): string {
  return jobOf(template, job).if.expression;
}

/** The expression that a job's matrix is. */
export function matrixOf(template: WorkflowTemplate, job: string): string {
  const { strategy } = jobOf(template, job);
  const pairs = strategy && isMapping(strategy) ? Array.from(strategy) : [];
  const matrix = pairs.find(({ key }) => key.toString() === 'matrix')?.value;
  if (!matrix || !isBasicExpression(matrix)) throw new Error(`the matrix of ${job} is no expression`);
  return matrix.expression;
}

function jobOf(template: WorkflowTemplate, id: string): WorkflowTemplate['jobs'][number] {
  const job = template.jobs.find((each) => each.id.value === id);
  if (!job) throw new Error(`there is no job ${id}`);
  return job;
}

/** The group and queue of a job's concurrency, or of the whole workflow's. */
export function concurrencyOf(template: WorkflowTemplate, job?: string): Readonly<Record<string, TemplateToken>> {
  const token = job === undefined ? template.concurrency : jobOf(template, job).concurrency;
  if (!token || !isMapping(token)) throw new Error(`${job ?? 'the workflow'} has no concurrency`);
  return Object.fromEntries(Array.from(token).map(({ key, value }) => [key.toString(), value]));
}

/** The text that a token comes to, expressions evaluated in their place. */
export function textOf(token: TemplateToken | undefined, world: World): string {
  if (token && isBasicExpression(token)) return String(evaluate(token.expression, world));
  if (token && isScalar(token)) return token.toDisplayString();
  throw new Error('there is no text');
}

export interface World {
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly cancelled?: boolean;
  /** Whether every job that is needed has succeeded; what `success()` says. */
  readonly success?: boolean;
}

/** Evaluates an expression as GitHub would, and gives its value as JSON. */
export function evaluate(expression: string, world: World): unknown {
  const status = (name: string, value: boolean) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  });
  const functions = [status('cancelled', world.cancelled ?? false), status('success', world.success ?? true)];
  const contexts = JSON.parse(JSON.stringify(world.contexts), data.reviver) as data.Dictionary;
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, Object.keys(world.contexts), functions).parse();
  const value = new Evaluator(parsed, contexts, new Map(functions.map((each) => [each.name, each]))).evaluate();
  return JSON.parse(JSON.stringify(value, data.replacer)) as unknown;
}
