import { indentation } from '../../../checks/complexity/complexity.ts';
import { countsOf, type CountTests, type FocusedTest, type SeenCase } from './test-counts.ts';

/** A call that declares a case or a group, or (`skip` in a body) that skips the case before it. */
interface TestCall {
  readonly what: 'case' | 'group' | 'skip';
  readonly skipped: boolean;
  readonly focused: boolean;
  readonly parametrised: boolean;
  readonly column: number;
}

type ReadCalls = (line: string) => readonly TestCall[];

/** JavaScript and TypeScript: `it`, `test`, `describe` and their kin of Jest, Vitest, Mocha, Playwright, node:test, Deno. */
export const countJavaScript: CountTests = (lines) => countCalls(lines, javaScriptCalls);

/** Ruby: RSpec's and Rails' blocks, minitest's `def test_…`. */
export const countRuby: CountTests = (lines) => countCalls(lines, rubyCalls);

/** Cases below a skipped group, told by indentation, are skipped too. */
function countCalls(lines: readonly string[], readCalls: ReadCalls): ReturnType<CountTests> {
  const cases: SeenCase[] = [];
  const focused: FocusedTest[] = [];
  let skippedBelow = Number.POSITIVE_INFINITY;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    if (indentation(line) <= skippedBelow) skippedBelow = Number.POSITIVE_INFINITY;
    for (const call of readCalls(line)) {
      const skipped = call.skipped || skippedBelow !== Number.POSITIVE_INFINITY;
      if (call.focused) focused.push({ line: index + 1, column: call.column });
      if (call.what === 'case') cases.push({ skipped, parametrised: call.parametrised });
      if (call.what === 'group' && skipped) skippedBelow = Math.min(skippedBelow, indentation(line));
      const last = cases.at(-1);
      if (call.what === 'skip' && last !== undefined) last.skipped = true;
    }
  }
  return countsOf(cases, focused);
}

const javaScriptCall =
  /(?<![\w$.#])(?:Deno\.)?([xf]?)(it|test|specify|describe|context|suite)((?:\.\w{1,20}){0,6})(?=\s{0,20}[(`])/g;
const caseNames: ReadonlySet<string> = new Set(['it', 'test', 'specify']);
const modifiers: ReadonlySet<string> = new Set(
  'concurrent each fails failing fixme for if only parallel runIf sequential serial skip skipIf slow todo todoIf'.split(
    ' ',
  ),
);
const skipModifiers: ReadonlySet<string> = new Set(['skip', 'todo', 'fixme']);

function javaScriptCalls(line: string): readonly TestCall[] {
  return [...line.matchAll(javaScriptCall)].flatMap((match) => {
    const [whole, prefix = '', name = '', written = ''] = match;
    const said = written.split('.').slice(1);
    const group = !caseNames.has(name) || said.includes('describe');
    const known = said.every((modifier) => modifiers.has(modifier) || modifier === 'describe');
    const skipped = prefix === 'x' || said.some((modifier) => skipModifiers.has(modifier));
    const rest = line.slice(match.index + whole.length);
    const declared = /\bfunction\s{1,5}$/.test(line.slice(Math.max(0, match.index - 16), match.index));
    if (!known || declared || (skipped && !mayHaveTitle(rest))) return [];
    const focused = prefix === 'f' || said.includes('only');
    const parametrised = said.includes('each') || said.includes('for');
    return [{ what: group ? 'group' : 'case', skipped, focused, parametrised, column: match.index + 1 } as const];
  });
}

/** `test.skip(condition, reason)` inside a body declares no test: a title is a literal, perhaps on the next line. */
function mayHaveTitle(rest: string): boolean {
  return /^\s*(?:`|\(\s*(?:["'`]|$)|\(\[)/.test(rest);
}

const rubyCall =
  /(?<![\w.:@$&?!])(?:RSpec\.)?([xf]?)(it|specify|example|scenario|test|describe|context|feature)(?=\s{0,20}(?:["'({:A-Z]|do\b))/g;
const rubyCases: ReadonlySet<string> = new Set(['it', 'specify', 'example', 'scenario', 'test']);

function rubyCalls(line: string): readonly TestCall[] {
  const plain = { skipped: false, focused: false, parametrised: false, column: 1 };
  if (/^\s*def\s+test_\w/.test(line)) return [{ ...plain, what: 'case' }];
  if (/^\s*skip\b/.test(line)) return / (?:if|unless) /.test(line) ? [] : [{ ...plain, what: 'skip', skipped: true }];
  const skipped = /(?:\bskip:(?! *false)|:skip\b)/.test(line);
  const focused = /(?:\bfocus: *true|:focus\b)/.test(line);
  return [...line.matchAll(rubyCall)].map((match) => {
    const [, prefix = '', name = ''] = match;
    return {
      what: rubyCases.has(name) ? 'case' : 'group',
      skipped: prefix === 'x' || skipped,
      focused: prefix === 'f' || focused,
      parametrised: false,
      column: match.index + 1,
    };
  });
}
