import { isForeign, isGenerated } from '../../../checks/complexity/code-paths.ts';
import { languageOf, type LanguageName } from '../../../checks/complexity/languages.ts';
import { maskCode, maskComments } from '../../../checks/complexity/mask.ts';
import { readText, selectFiles, type Workspace } from '../../../checks/workspace.ts';
import type { TestSource } from './named-modules.ts';
import type { TestCounts } from './test-counts.ts';
import { testLanguages, type TestLanguage } from './test-languages.ts';
import { isAside, isTestPath } from './test-paths.ts';

export interface InventoriedFile extends TestSource {
  readonly language: LanguageName;
  readonly tests: TestLanguage;
  readonly counts: TestCounts;
  readonly role: 'suite' | 'support' | 'module' | 'aside';
}

const mostFileBytes = 2 * 1024 * 1024;

/** Every file of a known language, with its tests counted; files that can't be read are named with the reason. */
export function readCode(workspace: Workspace, paths: readonly string[]) {
  const files: InventoriedFile[] = [];
  const unread: { path: string; reason: string }[] = [];
  for (const { path, size } of selectFiles(workspace, paths)) {
    if (testLanguageOf(path) === undefined || isForeign(path)) continue;
    const text = size > mostFileBytes ? undefined : readText(workspace, path);
    if (text === undefined) {
      unread.push({ path, reason: size > mostFileBytes ? `larger than ${mostFileBytes} bytes` : 'not UTF-8 text' });
    } else files.push(...readFile(path, text));
  }
  return { files, unread };
}

function testLanguageOf(path: string): TestLanguage | undefined {
  const name = languageOf(path)?.name;
  return name === undefined ? undefined : testLanguages[name];
}

function readFile(path: string, content: string): readonly InventoriedFile[] {
  const language = languageOf(path);
  const tests = testLanguageOf(path);
  if (language === undefined || tests === undefined) return [];
  const code = maskCode(content, language);
  const named = tests.suiteName.test(path.slice(path.lastIndexOf('/') + 1)) || isTestPath(path);
  const counts = tests.count(named ? code.split('\n') : []);
  const role = roleOf(path, { cases: counts.cases, empty: code.trim() === '', generated: isGenerated(path, content) });
  // Only what tests say is looked at again: the rest of a large repository need not stay in memory.
  const kept =
    role === 'suite' || role === 'support' ? { code, text: maskComments(content, language) } : { code: '', text: '' };
  return [{ path, language: language.name, tests, counts, role, ...kept }];
}

function roleOf(
  path: string,
  file: { readonly cases: number; readonly empty: boolean; readonly generated: boolean },
): InventoriedFile['role'] {
  if (file.cases > 0) return 'suite';
  if (isTestPath(path)) return 'support';
  return file.empty || file.generated || isAside(path) ? 'aside' : 'module';
}
