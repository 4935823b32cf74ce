import { indentation } from '../../../checks/complexity/complexity.ts';
import { countsOf, type CountTests, type SeenCase } from './test-counts.ts';

/** How a language marks its tests: by annotations on the declaration that follows them. */
interface AnnotatedTests {
  /** Names of the annotations on a line. */
  readonly annotationsOf: (line: string) => readonly string[];
  /** A function or method; the first group, where there is one, is its name. */
  readonly declaration: RegExp;
  /** What may hold tests and be skipped as a whole. */
  readonly container: RegExp;
  readonly isCase: (annotations: readonly string[], name: string) => boolean;
  readonly isSkip: (annotation: string) => boolean;
  readonly isParametrised: (annotation: string) => boolean;
  readonly nesting: 'indentation' | 'braces';
}

/** Python: `def test_…` as pytest and unittest collect it. */
export const countPython = counterOf({
  annotationsOf: (line) => namesIn(line, /^\s*@([\w.]{1,200})/g),
  declaration: /^\s*(?:async\s{1,5})?def\s{1,5}(\w{1,200})/,
  container: /^\s*class\s/,
  isCase: (_annotations, name) => name.startsWith('test'),
  isSkip: (annotation) => /(?:^|\.)skip$/.test(annotation),
  isParametrised: (annotation) => /(?:parametrize|parameterized\.expand)$/.test(annotation),
  nesting: 'indentation',
});

/** Rust: `#[test]` and the attributes of test macros that end in `::test`. */
export const countRust = counterOf({
  annotationsOf: (line) => namesIn(line, /#\[\s{0,20}([\w:]{1,200})/g),
  declaration: /\bfn\s{1,5}(\w{1,200})/,
  container: /\bmod\s/,
  isCase: (annotations) => annotations.some((name) => /(?:^|::)(?:test|rstest|test_case)$/.test(name)),
  isSkip: (annotation) => annotation === 'ignore',
  isParametrised: (annotation) => /(?:^|::)(?:rstest|test_case)$/.test(annotation),
  nesting: 'braces',
});

// Two words and a parenthesis; a call after `new` or `return` declares nothing.
const method =
  /\b(?!(?:new|return|else|throw|case|await|yield)\b)\w[\w>\]?.]{0,100}\s{1,20}(\w{1,200})(?:<[\w, ]{1,100}>)?\s{0,5}\(/;
const junit = {
  annotationsOf: (line: string) => namesIn(line, /@([\w.]{1,200})/g),
  container: /\b(?:class|interface|enum|record|object)\s{1,5}\w/,
  isCase: oneOf('Test', 'ParameterizedTest', 'RepeatedTest', 'TestFactory', 'TestTemplate'),
  isSkip: (annotation: string) => /(?:^|\.)(?:Disabled|Ignore)$/.test(annotation),
  isParametrised: (annotation: string) => /(?:^|\.)ParameterizedTest$/.test(annotation),
  nesting: 'braces',
} as const;

/** Java: JUnit 4 and 5, TestNG. */
export const countJava = counterOf({ ...junit, declaration: method });

/** Kotlin: JUnit and kotlin.test. */
export const countKotlin = counterOf({ ...junit, declaration: /\bfun\s/ });

/** C#: xUnit, NUnit and MSTest. */
export const countCSharp = counterOf({
  // `[Fact(Skip = "…")]` skips by an argument.
  annotationsOf: (line) =>
    line.trimStart().startsWith('[')
      ? namesIn(line, /(?<=[[,]\s{0,20})(\w{1,200})(?=\s{0,20}[\](,])|\b(Skip)(?=\s{0,5}=)/g)
      : [],
  declaration: method,
  container: /\b(?:class|struct|record|interface)\s{1,5}\w/,
  isCase: oneOf('Fact', 'Theory', 'Test', 'TestCase', 'TestCaseSource', 'TestMethod', 'DataTestMethod'),
  isSkip: (annotation) => annotation === 'Ignore' || annotation === 'Skip',
  isParametrised: (annotation) => ['Theory', 'TestCase', 'TestCaseSource', 'DataTestMethod'].includes(annotation),
  nesting: 'braces',
});

function oneOf(...names: readonly string[]): AnnotatedTests['isCase'] {
  return (annotations) =>
    annotations.some((annotation) => names.includes(annotation.slice(annotation.lastIndexOf('.') + 1)));
}

/** Depth of a container that is skipped as a whole; `entered` once a line lay deeper. */
interface SkippedContainer {
  readonly depth: number;
  entered: boolean;
}

function counterOf(tests: AnnotatedTests): CountTests {
  return (lines) => {
    const cases: SeenCase[] = [];
    let pending: string[] = [];
    let container: SkippedContainer | undefined;
    let braces = 0;
    for (const line of lines.filter((each) => each.trim() !== '')) {
      const depth = tests.nesting === 'braces' ? braces : indentation(line);
      container = stillInside(container, depth);
      pending = pending.concat(tests.annotationsOf(line));
      const name = tests.declaration.exec(line);
      const holds = name === null && tests.container.test(line);
      const skipped = container !== undefined || pending.some(tests.isSkip);
      if (holds && skipped) container ??= { depth, entered: false };
      if (name !== null && tests.isCase(pending, name[1] ?? '')) {
        cases.push({ skipped, parametrised: pending.some(tests.isParametrised) });
      }
      if (holds || name !== null) pending = [];
      braces += count(line, '{') - count(line, '}');
    }
    return countsOf(cases);
  };
}

function stillInside(container: SkippedContainer | undefined, depth: number): SkippedContainer | undefined {
  if (container === undefined) return undefined;
  if (depth > container.depth) container.entered = true;
  return container.entered && depth <= container.depth ? undefined : container;
}

/** The first group that matched, of every match. */
function namesIn(line: string, pattern: RegExp): readonly string[] {
  return [...line.matchAll(pattern)].map((match) => match.slice(1).find((group) => group !== undefined) ?? '');
}

function count(line: string, character: string): number {
  return line.split(character).length - 1;
}
