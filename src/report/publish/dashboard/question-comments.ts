import type { HostComment, HostIdentity } from '../../../protocol/code-host.ts';
import { plain } from '../../markdown/escape.ts';
import { named } from '../text/foreign.ts';
import type { PublishHost } from '../world/host.ts';
import { isSameText } from '../text/same-text.ts';
import {
  askedQuestions,
  noteMarker,
  questionMarker,
  type AnswerNote,
  type Answers,
  type OpenQuestion,
  type QuestionAnswer,
} from './questions.ts';

/** A comment to be written: a new one where `id` is null. */
export interface CommentOrder {
  readonly id: number | null;
  readonly body: string;
}

interface QuestionContext {
  readonly comments: readonly HostComment[];
  readonly identity: HostIdentity;
  readonly minRole: string;
  readonly mask: (text: string) => string;
}

/** Comments that the dashboard lacks or has in another form: one per question, and one per answer that is none. */
export function questionComments(
  questions: readonly OpenQuestion[],
  { answers, notes }: Answers,
  context: QuestionContext,
): readonly CommentOrder[] {
  const asked = askedQuestions(context.comments, context.identity);
  const find = (execution: string, question: string): HostComment | undefined =>
    asked.find((each) => each.asked.execution === execution && each.asked.question === question)?.comment;
  const answerOf = (execution: string, question: string): QuestionAnswer | undefined =>
    answers.find((each) => each.execution === execution && each.question === question);
  const open = questions.map((question) => ({
    comment: find(question.execution, question.question),
    body: questionText(question, answerOf(question.execution, question.question), context),
  }));
  const current = new Set(questions.map((question) => `${question.execution} ${question.question}`));
  const earlier = asked.flatMap(({ comment, asked: each }) => {
    const answer = answerOf(each.execution, each.question);
    if (!each.isOpen || answer === undefined || current.has(`${each.execution} ${each.question}`)) return [];
    return { comment, body: answeredText(each, answer, context) };
  });
  const orders = [...open, ...earlier].filter(({ comment, body }) => !isSameText(comment?.body, body));
  return [
    ...orders.map(({ comment, body }) => ({ id: comment?.id ?? null, body })),
    ...notes.map((note) => ({ id: null, body: noteText(note, context) })),
  ];
}

function questionText(
  question: OpenQuestion,
  answer: QuestionAnswer | undefined,
  { minRole, mask }: QuestionContext,
): string {
  const { execution, question: id, master, severity, issue, recommendation, options } = question;
  const text = [
    `**${master} asks** (${severity}, in ${named(execution, 60)})`,
    plain(issue, 1000),
    `It recommends: ${plain(recommendation, 1000)}`,
    options.map((option, index) => `${index + 1}. ${plain(option, 200)}`).join('\n'),
    answer ? answerLine(answer) : howToAnswer(`${execution}/${id}`, minRole),
  ].join('\n\n');
  return `${mask(text)}\n\n${questionMarker(question, answer === undefined)}`;
}

function howToAnswer(id: string, minRole: string): string {
  return `Answer in a new comment, as somebody with the role ${minRole} or more: ${named(`/cortex answer ${id} 1`, 300)} takes the first choice. The next \`resume\` of that execution goes on with it.`;
}

function answerLine({ choice, by, at }: QuestionAnswer): string {
  return `Answered: **${plain(choice, 200)}**, by ${named(by, 60)} on ${plain(at.slice(0, 10))}.`;
}

function answeredText(
  asked: Pick<OpenQuestion, 'execution' | 'question' | 'options'>,
  answer: QuestionAnswer,
  { mask }: QuestionContext,
): string {
  const text = `Question ${named(asked.question, 80)} of ${named(asked.execution, 60)}.\n\n${answerLine(answer)}`;
  return `${mask(text)}\n\n${questionMarker(asked, false)}`;
}

function noteText(note: AnswerNote, { mask }: QuestionContext): string {
  return `${mask(`The answer by ${named(note.login, 60)} does not count: ${plain(note.reason, 300)}.`)}\n\n${noteMarker(note)}`;
}

/** Writes them one after the other. */
export async function writeComments(
  issue: number,
  orders: readonly CommentOrder[],
  host: Pick<PublishHost, 'writeComment'>,
): Promise<void> {
  for (const { id, body } of orders) await host.writeComment({ issue, id, body });
}
