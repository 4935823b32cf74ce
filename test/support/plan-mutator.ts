import { isDeepStrictEqual } from 'node:util';
import { parsePlan } from '../../src/plan/parse.ts';
import { quickPlan } from '../../src/plan/quick/quick-plan.ts';

/** A small generator of reproducible numbers (mulberry32). */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = (below: number) => number;
type Mutation = (lines: string[], random: Random) => void;

const junk = [
  '', '~', 'null', '-1', '0', '1e400', '.nan', '.inf', '99999999999999999999', 'true', '[]', '{}', '[[]]', '{a: {b: []}}', '"\\u0000"',
  "''", '*x', '&x y', '!!binary aGk=', '<<', '{{ x }}', '${{ secrets.X }}', '15', '15m', '-15m', '999999h', '1.5m', '0s', '%', '101%', 'a: b',
  '- x', '# c', '| x', '>-', '"unclosed', '[unclosed', '{unclosed', '\t', '@at', '`tick', 'scan-wroker', 'security-master', '__proto__', 'constructor',
  '__proto__: {a: 1}', 'x'.repeat(300), 'é', '\u202e', '\ud800', '0x10', '0o7', '2026-01-01', 'cortex/v2', '../..', '**', '1 == 1', 'workers.nope > 1',
]; // prettier-ignore

const mutations: readonly Mutation[] = [
  (lines, random) => lines.splice(random(lines.length), 1),
  (lines, random) => lines.splice(random(lines.length), 0, lines[random(lines.length)] ?? ''),
  (lines, random) => swap(lines, random(lines.length), random(lines.length)),
  (lines, random) => edit(lines, random, (line) => ` ${line}`),
  (lines, random) => edit(lines, random, (line) => line.replace(/^ {1,2}/, '')),
  (lines, random) => edit(lines, random, (line) => line.replace(/: .*/, `: ${junk[random(junk.length)]}`)),
  (lines, random) => edit(lines, random, (line) => line.replace(/[\w-]{1,20}:/, `${junk[random(junk.length)]}:`)),
  (lines, random) => edit(lines, random, (line) => line.replace(/\b\w/, (char) => `${char}${char}`)),
  (lines, random) => edit(lines, random, (line) => replaceAt(line, random)),
  (lines, random) => edit(lines, random, (line) => line.slice(0, random(line.length + 1))),
  (lines, random) => lines.splice(random(lines.length), random(12)),
  (lines, random) => lines.splice(random(lines.length), 0, `${' '.repeat(random(12))}${junk[random(junk.length)]}`),
  (lines, random) => edit(lines, random, (line) => line.replace(/\d{1,9}/, String(random(2 ** 31)))),
];

/** A plan with one to three accidents. The same seed gives the same text. */
export function mutatedPlan(text: string, seed: number): string {
  const random = seededRandom(seed);
  const lines = text.split('\n');
  for (let left = 1 + random(3); left > 0; left -= 1) mutations[random(mutations.length)]?.(lines, random);
  return lines.join('\n');
}

/** What is wrong with how a text was parsed: undefined where every promise of `parsePlan` is kept. */
export function brokenPromise(text: string): string | undefined {
  const parsed = parsePlan(text, 'plan.yaml');
  if (!isDeepStrictEqual(parsed, parsePlan(text, 'plan.yaml'))) return 'two answers for one text';
  const quick = quickPlan(text);
  if (quick !== undefined && !isDeepStrictEqual(quick, parsed)) return 'the quick reader reads another plan';
  if (!('problems' in parsed))
    return parsed.warnings.every((each) => each.severity === 'warning') ? undefined : 'an accepted error';
  if (!parsed.problems.some((problem) => problem.severity === 'error')) return 'refused without an error';
  const lines = text.replace(/^\ufeff/, '').split('\n');
  for (const problem of parsed.problems) {
    const line = lines[problem.line - 1];
    const outside = line === undefined || problem.column < 1 || problem.column > line.length + 1;
    if (outside) return `outside the file: ${problem.rule} at ${problem.line}:${problem.column}`;
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(problem.rule)) return `no rule id: ${problem.rule}`;
    const texts = [problem.message, problem.expected, problem.found, problem.remedy];
    if (texts.some((each) => each.trim() === '')) return `an empty text: ${JSON.stringify(problem)}`;
  }
  return undefined;
}

function swap(lines: string[], a: number, b: number): void {
  [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
}

function edit(lines: string[], random: Random, change: (line: string) => string): void {
  const index = random(lines.length);
  lines[index] = change(lines[index] ?? '');
}

function replaceAt(line: string, random: Random): string {
  const position = random(line.length + 1);
  return line.slice(0, position) + String.fromCharCode(32 + random(95)) + line.slice(position + 1);
}
