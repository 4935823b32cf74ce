import { createHash } from 'node:crypto';
import { bug } from '../../shared/errors.ts';
import { luaTexts } from './lua-texts.ts';

/** What stands before each script: a script is its parts, one after the other. */
const before = {
  append: ['clock', 'step'],
  claim: ['clock', 'step'],
  claims: ['clock', 'step'],
  release: ['clock', 'step'],
  book: ['clock', 'step', 'books'],
  renew: ['clock', 'step', 'books'],
  open: [],
  keep: [],
  'attempt-take': ['clock'],
  'attempt-renew': ['clock'],
  'attempt-finish': [],
  'blob-put': [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ScriptName = keyof typeof before;

export interface Script {
  readonly text: string;
  /** What EVALSHA names it by. */
  readonly sha1: string;
}

/** All scripts with what stands before them. */
export const scripts = Object.fromEntries(
  Object.entries(before).map(([name, parts]) => [name, scriptOf([...parts, name])]),
) as Readonly<Record<ScriptName, Script>>;

function scriptOf(parts: readonly string[]): Script {
  const text = parts.map(textOf).join('');
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

function textOf(part: string): string {
  const text = luaTexts[part];
  if (text === undefined) throw bug('script-missing', `There is no script ${part}.lua`);
  return text;
}
