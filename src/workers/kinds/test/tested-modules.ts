import type { LanguageName } from '../../../checks/complexity/languages.ts';
import { moduleIndex, moduleKey } from './named-modules.ts';
import type { InventoriedFile } from './read-code.ts';
import { isTestPath, subjectOfSuite } from './test-paths.ts';

export interface Module {
  readonly path: string;
  readonly testedBy: 'its own cases' | 'name' | 'mention' | 'nothing';
}

/** Modules in path order, each with what tells that it is tested: the surest of its reasons. */
export function modulesOf(files: readonly InventoriedFile[]): readonly Module[] {
  const modules = files.filter((file) => file.role === 'module' || hasOwnCases(file));
  const mentioned = new Set(
    [...new Set(modules.map(({ language }) => language))].flatMap((language) => mentionedIn(files, language)),
  );
  const subjects = new Set(
    files.filter(({ role }) => role === 'suite').map(({ path, language }) => `${language}:${subjectOfSuite(path)}`),
  );
  return modules.map((file) => ({ path: file.path, testedBy: testedBy(file, { mentioned, subjects }) }));
}

/** Rust keeps unit tests inside the module that they test. */
function hasOwnCases(file: InventoriedFile): boolean {
  return file.role === 'suite' && file.language === 'rust' && !isTestPath(file.path);
}

function mentionedIn(files: readonly InventoriedFile[], language: LanguageName): readonly string[] {
  const own = files.filter((file) => file.language === language);
  const index = moduleIndex(own.filter(({ role }) => role === 'module').map(({ path }) => path));
  const tests = own.filter(({ role }) => role === 'suite' || role === 'support');
  return tests.flatMap((test) => [...new Set(test.tests.findNamed(test, index))]);
}

function testedBy(
  file: InventoriedFile,
  named: { readonly mentioned: ReadonlySet<string>; readonly subjects: ReadonlySet<string> },
): Module['testedBy'] {
  if (file.role === 'suite') return 'its own cases';
  if (named.mentioned.has(file.path)) return 'mention';
  const key = moduleKey(file.path);
  return named.subjects.has(`${file.language}:${key.slice(key.lastIndexOf('/') + 1)}`) ? 'name' : 'nothing';
}
