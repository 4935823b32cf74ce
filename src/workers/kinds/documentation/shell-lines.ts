import type { CodeBlock } from '../../../checks/markdown/read-markdown.ts';
import type { Position } from '../../../shared/positions.ts';

/** One command of a code block, at the beginning of its line; `isPlain` tells which words stand for themselves. */
export interface ShellCommand extends Position {
  readonly words: readonly string[];
}

const shells: ReadonlySet<string> = new Set(['sh', 'bash', 'zsh', 'shell', 'console', 'shell-session', 'terminal']);
const sessions: ReadonlySet<string> = new Set(['console', 'shell-session', 'terminal']);
const prompt = /^\s{0,20}(?:\$|%|❯)\s/;
const mostCommandLength = 2000;

export function isShell(block: CodeBlock): boolean {
  return shells.has(block.language.replace(/[{,].{0,50}$/, ''));
}

/** The commands that a block shows, in order. Output is left out where prompts tell it from input. */
export function shellCommands(block: CodeBlock): readonly ShellCommand[] {
  const lines = block.text.split('\n');
  const prompted = sessions.has(block.language) || lines.some((line) => prompt.test(line));
  return inputLines(lines, prompted && lines.some((line) => prompt.test(line))).flatMap(({ index, text }) => {
    const start = index === 0 ? block.column : leadOf(lines[index] ?? '') + 1;
    return commandsOf(text, { line: block.line + index, column: start });
  });
}

/** Lines that are typed: whole here-documents and, among prompts, lines without one are left out. */
function inputLines(
  lines: readonly string[],
  prompted: boolean,
): readonly { readonly index: number; readonly text: string }[] {
  const typed: { index: number; text: string }[] = [];
  let heredoc: string | undefined;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (heredoc !== undefined) {
      if (line.trim() === heredoc) heredoc = undefined;
      continue;
    }
    if (prompted && !prompt.test(line)) continue;
    const first = index;
    let text = line.replace(prompt, '');
    while (text.endsWith('\\') && index + 1 < lines.length && text.length < mostCommandLength) {
      text = `${text.slice(0, -1)} ${lines[++index] ?? ''}`;
    }
    heredoc = /<<[-~]?\s{0,5}["']?(\w{1,60})/.exec(text)?.[1];
    typed.push({ index: first, text });
  }
  return typed;
}

function leadOf(line: string): number {
  return /^\s{0,200}/.exec(line.replace(prompt, (mark) => ' '.repeat(mark.length)))?.[0].length ?? 0;
}

function commandsOf(text: string, at: Position): readonly ShellCommand[] {
  if (text.length > mostCommandLength) return [];
  const withoutComment = text.replace(/(?:^|\s)#.*$/, '');
  return withoutComment
    .split(/&&|\|\||[;|]/)
    .map((part) => wordsOf(part.trim()))
    .filter((words) => words.length > 0)
    .map((words) => ({ words, ...at }));
}

/** Words without quotes, and without what only surrounds a command: settings of variables, `sudo`. */
function wordsOf(command: string): readonly string[] {
  const words = command.split(/\s+/).filter((word) => word !== '');
  while (words[0] !== undefined && (/^\w+=/.test(words[0]) || ['sudo', 'time', 'exec', 'env'].includes(words[0])))
    words.shift();
  return words.map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

/** Whether a word stands for itself: no variable, glob, redirection or placeholder. */
export function isPlain(word: string): boolean {
  return /^[\w@%+=:,./-]+$/.test(word);
}
