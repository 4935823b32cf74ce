import { z } from 'zod';
import type { ExecutionState } from '../../../execution/execution-state.ts';
import {
  isAtLeast,
  isOwnOrBot,
  type HostComment,
  type HostIdentity,
  type HostRole,
  type HostView,
} from '../../../protocol/code-host.ts';
import { masterNames, severities } from '../../../protocol/words.ts';
import type { Json } from '../../../shared/canonical.ts';
import { readMarkers, writeMarker } from '../../../shared/marker.ts';
import { seenDashboard } from '../world/dashboard-state.ts';
import type { HostReader } from '../world/host.ts';

const kind = 'question';
const noteKind = 'note';

const questionSchema = z.strictObject({
  execution: z.string(),
  question: z.string(),
  master: z.enum(masterNames),
  severity: z.enum(severities),
  issue: z.string(),
  options: z.array(z.string()).min(1),
  recommendation: z.string(),
  raisedAt: z.string(),
});
/** A question that an execution has asked a person, and that nobody has answered. */
export type OpenQuestion = z.infer<typeof questionSchema>;

const markedSchema = z.strictObject({
  execution: z.string(),
  question: z.string(),
  options: z.array(z.string()).min(1),
  isOpen: z.boolean(),
});

/** A comment of ours on the dashboard that asks a question. */
export interface AskedQuestion {
  readonly comment: HostComment;
  readonly asked: z.infer<typeof markedSchema>;
}

/** What a person has answered. */
export interface QuestionAnswer {
  readonly execution: string;
  readonly question: string;
  readonly choice: string;
  readonly by: string;
  /** ISO 8601: when it was written. */
  readonly at: string;
}

/** Why a comment that looks like an answer is none; told once, by a comment of ours. */
export interface AnswerNote {
  readonly comment: number;
  readonly login: string;
  readonly reason: string;
}

export interface Answers {
  readonly answers: readonly QuestionAnswer[];
  readonly notes: readonly AnswerNote[];
}

/** The questions of an execution that are still open, oldest first. */
export function openQuestions(state: Pick<ExecutionState, 'id' | 'escalations'>): readonly OpenQuestion[] {
  const open = [...state.escalations.values()].filter(({ answer }) => answer === undefined);
  return open.map(({ raised, at }) => ({
    execution: state.id,
    question: raised.escalation,
    master: raised.master,
    severity: raised.severity,
    issue: raised.issue,
    options: raised.options,
    recommendation: raised.recommendation,
    raisedAt: at,
  }));
}

/** The hidden part of a comment that asks. */
export function questionMarker(
  question: Pick<OpenQuestion, 'execution' | 'question' | 'options'>,
  isOpen: boolean,
): string {
  const { execution, question: id, options } = question;
  return writeMarker(kind, { execution, question: id, options: [...options], isOpen } as Json);
}

/** The hidden part of a comment that says why another one is no answer. */
export function noteMarker(note: AnswerNote): string {
  return writeMarker(noteKind, { comment: note.comment });
}

/** Comments of ours that ask, each question once: the oldest comment counts. */
export function askedQuestions(comments: readonly HostComment[], identity: HostIdentity): readonly AskedQuestion[] {
  const asked = new Map<string, AskedQuestion>();
  for (const comment of comments) {
    const data = isOwnOrBot(comment.author, identity) ? dataOf(comment.body, kind) : undefined;
    const read = markedSchema.safeParse(data);
    if (!read.success) continue;
    const key = `${read.data.execution} ${read.data.question}`;
    if (!asked.has(key)) asked.set(key, { comment, asked: read.data });
  }
  return [...asked.values()];
}

/**
 * Answers by people to the questions that stand on the dashboard, as `/cortex answer <question> <choice>` on a line of a comment of
 * its own. The first one by somebody with the role counts; bots are not heard, and neither is a comment that was edited
 * afterwards, as somebody else may have done that. The choice is its number or its text.
 */
export async function readAnswers(
  view: Pick<HostView, 'issues'>,
  reader: Pick<HostReader, 'roleOf'>,
  wish: { readonly identity: HostIdentity; readonly minRole: HostRole },
): Promise<Answers> {
  const comments = seenDashboard(view, wish.identity).issue?.comments ?? [];
  const asked = askedQuestions(comments, wish.identity);
  const noted = new Set(
    comments.flatMap(({ author, body }) => (isOwnOrBot(author, wish.identity) ? notedComment(body) : [])),
  );
  const answers = new Map<string, QuestionAnswer>();
  const notes: AnswerNote[] = [];
  for (const comment of comments) {
    // A token may be a person's own: what they write themselves is heard, what was written for them is marked.
    if (comment.author.isBot || comment.body.includes('<!-- cortex:')) continue;
    for (const command of commandsOf(comment.body)) {
      const result = judge(command, comment, asked);
      const reason =
        typeof result === 'string' ? result : await roleProblem(comment.author.login, reader, wish.minRole);
      if (reason !== undefined) {
        if (!noted.has(comment.id)) notes.push({ comment: comment.id, login: comment.author.login, reason });
        noted.add(comment.id);
      } else if (typeof result === 'object' && !answers.has(`${result.execution} ${result.question}`))
        answers.set(`${result.execution} ${result.question}`, result);
    }
  }
  return { answers: [...answers.values()], notes };
}

interface Command {
  readonly question: string;
  readonly choice: string;
}

function commandsOf(body: string): readonly Command[] {
  return body.split(/\r\n|\r|\n/).flatMap((line) => {
    const [, question, choice] = /^[ ]{0,3}\/cortex\s+answer\s+(\S+)\s+(\S.*)$/i.exec(line) ?? [];
    return question === undefined || choice === undefined ? [] : [{ question: bare(question), choice: bare(choice) }];
  });
}

/** Without the quotes or backticks that people copy along. */
function bare(text: string): string {
  return text.trim().replace(/^(["'`])(.*)\1$/, '$2');
}

/** The answer, or why it is none. A question is named by its id, or by its execution and id. */
function judge(
  { question, choice }: Command,
  comment: HostComment,
  asked: readonly AskedQuestion[],
): QuestionAnswer | string {
  const found = asked.findLast(({ asked: each }) =>
    [each.question, `${each.execution}/${each.question}`].includes(question),
  );
  if (found === undefined) return 'no question of that name stands here';
  if (comment.updatedAt !== comment.createdAt)
    return 'it was edited, so that it is not sure whose words it holds: write a new comment';
  const { options, execution, question: id } = found.asked;
  const chosen =
    options.find((option) => option === choice) ??
    options.find((option) => option.toLowerCase() === choice.toLowerCase());
  const byNumber = /^[1-9]\d?$/.test(choice) ? options[Number(choice) - 1] : undefined;
  const option = chosen ?? byNumber;
  if (option === undefined) return `the question has no such choice; it has the numbers 1 to ${options.length}`;
  return { execution, question: id, choice: option, by: comment.author.login, at: comment.createdAt };
}

async function roleProblem(
  login: string,
  reader: Pick<HostReader, 'roleOf'>,
  least: HostRole,
): Promise<string | undefined> {
  const role = await reader.roleOf(login);
  return isAtLeast(role, least) ? undefined : `who answers needs the role ${least} in this repository`;
}

function notedComment(body: string): readonly number[] {
  const read = z.strictObject({ comment: z.int() }).safeParse(dataOf(body, noteKind));
  return read.success ? [read.data.comment] : [];
}

function dataOf(body: string, of: string): Json | undefined {
  const [first] = readMarkers(body, of);
  return first === undefined || first === 'damaged' ? undefined : first.data;
}
