import { posix } from 'node:path';

const testFolder =
  /^(?:tests?|__tests__|__mocks__|__fixtures__|specs?|testdata|fixtures?|e2e|cypress)$|\.(?:\w{1,30})?tests?$/i;
const asideFolder = /^(?:examples?|samples?|docs?|demo)$/i;
const toolFile =
  /(?:\.config\.[cm]?[jt]s|\.stories\.[jt]sx?|^\..{1,100}|^(?:setup|conftest|manage|__main__)\.py|^build\.rs|^(?:package|module)-info\.java|^AssemblyInfo\.cs|\.kts)$/;
const testAffixes = /^tests?[_-]|[._-](?:tests?|spec|cy|e2e)$|(?:Tests?|Spec|IT)$|^Tests?(?=[A-Z])/g;

/** Whether a file lies among tests: its own cases aside, it supports them. */
export function isTestPath(path: string): boolean {
  return posix
    .dirname(path)
    .split('/')
    .some((folder) => testFolder.test(folder));
}

/** Whether a file is no module that a test would be written for: a tool's settings, an example, documentation. */
export function isAside(path: string): boolean {
  return (
    toolFile.test(posix.basename(path)) ||
    posix
      .dirname(path)
      .split('/')
      .some((folder) => asideFolder.test(folder))
  );
}

/** What a suite is about by its name: `user` for `user.test.ts`, `test_user.py`, `user_spec.rb`; `User` for `UserTest.java`. */
export function subjectOfSuite(path: string): string {
  const name = posix.basename(path);
  return name.slice(0, name.length - posix.extname(name).length).replace(testAffixes, '');
}
