import { describe, expect, it } from 'vitest';
import type { HostRole, HostView } from '../../../src/protocol/code-host.ts';
import { emptyState, writeState } from '../../../src/report/publish/world/dashboard-state.ts';
import {
  noteMarker,
  openQuestions,
  questionMarker,
  readAnswers,
  type Answers,
} from '../../../src/report/publish/dashboard/questions.ts';
import { peopleOf, startWith, type People } from '../../support/publish/people.ts';
import { MemoryHost, ours } from '../../support/publish/publish-host.ts';

const asked = { execution: 'CORTEX-EXEC-1', question: 'E-1', options: ['Raise the budget', 'stop'] };

interface Dashboard {
  readonly memory: MemoryHost;
  readonly people: People;
  readonly number: number;
  readonly answers: (minRole?: HostRole) => Promise<Answers>;
}

/** A dashboard with one question; ada may write, grace maintains, mallory only reads. */
async function dashboard(identity = ours): Promise<Dashboard> {
  const memory = new MemoryHost(identity);
  const people = startWith(memory, { 'README.md': '#\n' });
  const issue = { title: 'Cortex', body: writeState(emptyState), labels: ['cortex-dashboard'], state: 'open' as const };
  const { number } = await memory.host.writeIssue({ ...issue, number: null });
  await memory.host.writeComment({ issue: number, id: null, body: `What now?\n\n${questionMarker(asked, true)}` });
  for (const [login, role] of [
    ['ada', 'write'],
    ['grace', 'maintain'],
    ['mallory', 'read'],
  ] as const)
    memory.roles.set(login, role);
  const view = (): HostView =>
    memory.look({
      base: null,
      prefix: 'cortex/',
      branches: [],
      results: '',
      issueLabel: 'cortex-dashboard',
      ownIssues: null,
      labels: [],
      mergedSince: '',
    });
  const answers = (minRole: HostRole = 'write') => readAnswers(view(), memory.host, { identity, minRole });
  return { memory, people, number, answers };
}

describe('answers on the dashboard', () => {
  it.each([
    ['its number', '/cortex answer E-1 1', 'Raise the budget'],
    ['its text', '/cortex answer E-1 Raise the budget', 'Raise the budget'],
    ['its text in another case', '/cortex answer E-1 STOP', 'stop'],
    ['its text in quotes or backticks', '/cortex answer `E-1` "stop"', 'stop'],
    ['the question by its execution', '/cortex answer CORTEX-EXEC-1/E-1 2', 'stop'],
    ['a line among others', 'I think:\r\n/cortex answer E-1 2\r\nas it costs less', 'stop'],
  ])('name the choice by %s', async (_, body, choice) => {
    const { people, number, answers, memory } = await dashboard();
    const at = memory.time;
    people.comment(number, body);
    expect(await answers()).toEqual({
      answers: [{ execution: 'CORTEX-EXEC-1', question: 'E-1', choice, by: 'ada', at }],
      notes: [],
    });
  });

  it.each([
    ['no such question', '/cortex answer E-2 1', 'no question of that name stands here'],
    ['no such choice', '/cortex answer E-1 3', 'the question has no such choice; it has the numbers 1 to 2'],
    ['zero', '/cortex answer E-1 0', 'the question has no such choice; it has the numbers 1 to 2'],
    [
      'a choice that every object has',
      '/cortex answer E-1 constructor',
      'the question has no such choice; it has the numbers 1 to 2',
    ],
  ])('that name %s are none, and are told so', async (_, body, reason) => {
    const { people, number, answers } = await dashboard();
    const { id } = people.comment(number, body);
    expect(await answers()).toEqual({ answers: [], notes: [{ comment: id, login: 'ada', reason }] });
  });

  it('by somebody without the role are none, whatever the role that is asked for', async () => {
    const { people, number, answers } = await dashboard();
    const comment = people.comment(number, '/cortex answer E-1 1', 'mallory');
    const reason = 'who answers needs the role write in this repository';
    expect(await answers()).toEqual({ answers: [], notes: [{ comment: comment.id, login: 'mallory', reason }] });
    people.comment(number, '/cortex answer E-1 1', 'ada');
    expect((await answers('maintain')).answers).toEqual([]);
    people.comment(number, '/cortex answer E-1 2', 'grace');
    expect((await answers('maintain')).answers).toMatchObject([{ by: 'grace', choice: 'stop' }]);
  });

  it('count once: the first valid one holds', async () => {
    const { people, number, answers } = await dashboard();
    people.comment(number, '/cortex answer E-1 1', 'mallory');
    people.comment(number, '/cortex answer E-1 2', 'grace');
    people.comment(number, '/cortex answer E-1 1', 'ada');
    expect((await answers()).answers).toMatchObject([{ choice: 'stop', by: 'grace' }]);
  });

  it('are told once why they are none', async () => {
    const { people, number, answers, memory } = await dashboard();
    people.comment(number, '/cortex answer E-1 9');
    const [note] = (await answers()).notes;
    if (note) await memory.host.writeComment({ issue: number, id: null, body: `No.\n\n${noteMarker(note)}` });
    expect(await answers()).toEqual({ answers: [], notes: [] });
  });

  it('by bots are never heard, not even those of ours', async () => {
    const { people, number, answers, memory } = await dashboard();
    memory.roles.set('other[bot]', 'admin');
    people.comment(number, '/cortex answer E-1 1', 'other[bot]');
    people.comment(number, '/cortex answer E-1 1', ours.login);
    expect(await answers()).toEqual({ answers: [], notes: [] });
  });

  it('that were edited afterwards do not count, as somebody else may have done that', async () => {
    const { people, number, answers } = await dashboard();
    const { id } = people.comment(number, 'I wonder', 'grace');
    people.editComment(number, id, '/cortex answer E-1 1');
    const result = await answers();
    expect(result.answers).toEqual([]);
    expect(result.notes).toMatchObject([{ comment: id, reason: expect.stringContaining('edited') as string }]);
  });

  it('are heard of the person whose token Cortex has', async () => {
    const { people, number, answers } = await dashboard({ kind: 'user', login: 'ada', mayWriteWorkflows: true });
    people.comment(number, '/cortex answer E-1 2', 'ada');
    expect((await answers()).answers).toMatchObject([{ by: 'ada' }]);
  });

  it('are not taken from quotations and code', async () => {
    const { people, number, answers } = await dashboard();
    people.comment(number, '> /cortex answer E-1 1\n\n    /cortex answer E-1 1\n\nsee `/cortex answer E-1 1`');
    expect(await answers()).toEqual({ answers: [], notes: [] });
  });

  it('need a question that we asked: a person’s marker asks nothing', async () => {
    const { people, number, answers } = await dashboard();
    people.comment(number, questionMarker({ ...asked, question: 'E-7' }, true), 'mallory');
    people.comment(number, '/cortex answer E-7 1', 'grace');
    expect((await answers()).answers).toEqual([]);
  });

  it('are none where there is no dashboard', async () => {
    const memory = new MemoryHost();
    peopleOf(memory);
    expect(await readAnswers({ issues: [] }, memory.host, { identity: ours, minRole: 'write' })).toEqual({
      answers: [],
      notes: [],
    });
  });
});

describe('the questions of an execution', () => {
  it('are those that nobody has answered', () => {
    const raised = {
      escalation: 'E-1',
      task: 't',
      master: 'cicd-master',
      severity: 'high',
      issue: 'i',
      options: ['a'],
      recommendation: 'r',
      answerBy: null,
    } as const;
    const state = {
      id: 'CORTEX-EXEC-1',
      escalations: new Map([
        ['E-1', { raised: { ...raised, options: ['a'] }, at: '2026-11-20T00:00:00.000Z' }],
        [
          'E-2',
          { raised: { ...raised, options: ['a'], escalation: 'E-2' }, at: '', answer: { choice: 'a', by: 'ada' } },
        ],
      ]),
    };
    expect(openQuestions(state)).toEqual([
      {
        execution: 'CORTEX-EXEC-1',
        question: 'E-1',
        master: 'cicd-master',
        severity: 'high',
        issue: 'i',
        options: ['a'],
        recommendation: 'r',
        raisedAt: '2026-11-20T00:00:00.000Z',
      },
    ]);
  });
});
