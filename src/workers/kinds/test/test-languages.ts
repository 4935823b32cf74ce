import type { LanguageName } from '../../../checks/complexity/languages.ts';
import { countCSharp, countJava, countKotlin, countPython, countRust } from './count-annotated.ts';
import { countJavaScript, countRuby } from './count-calls.ts';
import { countGo } from './count-go.ts';
import { namedTypes, packageFolder, pathLiterals, pythonImports, rubyNames, type FindNamed } from './named-modules.ts';
import type { CountTests } from './test-counts.ts';

/** What the inventory must know of a language: a new one is one entry here. */
export interface TestLanguage {
  readonly count: CountTests;
  /** File names (without folders) that may hold suites. */
  readonly suiteName: RegExp;
  /** The modules that a test file names, by import or by type. */
  readonly findNamed: FindNamed;
  /** How cases were told, for people who doubt a number. */
  readonly counting: string;
}

const anyName = /./;

export const testLanguages: Readonly<Partial<Record<LanguageName, TestLanguage>>> = {
  javascript: {
    count: countJavaScript,
    suiteName: /[.-](?:test|tests|spec|cy|e2e)\.[cm]?[jt]sx?$|^test[._-].{0,200}\.[cm]?[jt]sx?$/i,
    findNamed: pathLiterals,
    counting:
      'it(), test(), specify(); .each and .for as one case; .skipIf and .runIf not as skipped; t.test() not counted',
  },
  python: {
    count: countPython,
    suiteName: /^(?:test.{0,200}|.{1,200}_tests?)\.py$/,
    findNamed: pythonImports,
    counting: 'def test…; parametrised as one case; skipif and skips inside a body not as skipped',
  },
  go: {
    count: countGo,
    suiteName: /_test\.go$/,
    findNamed: packageFolder,
    counting: 'Test, Fuzz and Example functions; subtests within their test; a skip under a condition not as skipped',
  },
  rust: {
    count: countRust,
    suiteName: anyName,
    findNamed: namedTypes,
    counting: 'functions with #[test] or #[…::test]; documentation tests not counted',
  },
  java: {
    count: countJava,
    suiteName: anyName,
    findNamed: namedTypes,
    counting: 'methods with @Test, @ParameterizedTest (as one case), @RepeatedTest, @TestFactory',
  },
  kotlin: {
    count: countKotlin,
    suiteName: anyName,
    findNamed: namedTypes,
    counting: 'functions with @Test, @ParameterizedTest (as one case), @RepeatedTest, @TestFactory',
  },
  csharp: {
    count: countCSharp,
    suiteName: anyName,
    findNamed: namedTypes,
    counting: 'methods with [Fact], [Theory], [Test], [TestCase] or [TestMethod]; each method as one case',
  },
  ruby: {
    count: countRuby,
    suiteName: /_(?:spec|test)\.rb$|^test_.{0,200}\.rb$/,
    findNamed: rubyNames,
    counting: 'it, specify, example, scenario, test blocks and def test_…',
  },
};
