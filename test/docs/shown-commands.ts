import type { Page } from './pages.ts';

const shells: ReadonlySet<string> = new Set(['sh', 'console']);

/** A place of a page where a command of Cortex is shown. */
export interface CommandLine {
  readonly line: string;
  readonly command: string;
  readonly flags: readonly string[];
}

/** Every `cortex <command> …` in shell blocks and code spans. */
export function commandLines(page: Page): readonly CommandLine[] {
  return shownCode(page).flatMap((text) =>
    [...text.matchAll(/(?:^|[\s;(])cortex ([a-z]+)([^\n|;&)]*)/g)].map(([, command = '', rest = '']) => ({
      line: `cortex ${command}${rest}`,
      command,
      flags: flagNames(rest),
    })),
  );
}

/** Scripts of package.json that a page names, in prose and in shell blocks. */
export function npmScripts(page: Page): readonly string[] {
  return shownCode(page).flatMap((text) => [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script = '']) => script));
}

/** Flags that prose names on their own, such as `--out`. */
export function flagsIn({ document }: Page): readonly string[] {
  return document.codeSpans.filter(({ text }) => text.startsWith('--')).flatMap(({ text }) => flagNames(text));
}

/** Whole plans that a page shows, with their places. */
export function planBlocks({ path, document }: Page): readonly { path: string; line: number; text: string }[] {
  return document.codeBlocks
    .filter(({ language, text }) => language === 'yaml' && /^kind: Plan$/m.test(text))
    .map(({ line, text }) => ({ path, line, text }));
}

function shownCode({ document }: Page): readonly string[] {
  const blocks = document.codeBlocks.filter(({ language }) => shells.has(language));
  return [...blocks, ...document.codeSpans].map(({ text }) => text);
}

function flagNames(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|\s)--([a-z][a-z-]*)/g)].map(([, flag = '']) => flag);
}
