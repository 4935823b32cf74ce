import { posix } from 'node:path';
import type { Tree } from './tree.ts';

export interface Makefile {
  readonly path: string;
  readonly has: (target: string) => boolean;
}

const names = ['GNUmakefile', 'makefile', 'Makefile'];
const mostIncludes = 50;

/** The makefile that make(1) would read in a folder (ending in `/`, or empty for the root). */
export function makefileIn(folder: string, tree: Tree): string | undefined {
  return names.map((name) => folder + name).find((path) => tree.kindOf(path) === 'file');
}

/**
 * The targets of a makefile and of what it includes. Undefined where they can't all be known: names made of
 * variables, includes that are missing or generated, a `.DEFAULT` rule.
 */
export function readMakefile(path: string, tree: Tree): Makefile | undefined {
  const targets = targetsOf(path, tree, new Set());
  if (targets === undefined) return undefined;
  const patterns = targets.filter((target) => target.includes('%')).map((target) => target.split('%'));
  const plain = new Set(targets);
  return {
    path,
    has: (target) =>
      plain.has(target) || patterns.some(([head = '', tail = '']) => target.startsWith(head) && target.endsWith(tail)),
  };
}

/** `seen` holds the files read so far: none is read twice, however often it is included. */
function targetsOf(path: string, tree: Tree, seen: Set<string>): readonly string[] | undefined {
  if (seen.has(path)) return [];
  seen.add(path);
  const text = tree.textOf(path);
  if (text === undefined || seen.size > mostIncludes) return undefined;
  const groups = text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .flatMap((line) => {
      const included = includedFiles(line, path);
      return included === undefined ? [ruleTargets(line)] : included.map((file) => targetsOf(file, tree, seen));
    });
  return groups.includes(undefined) ? undefined : groups.flatMap((group) => group ?? []);
}

/** The files that a line includes, undefined where it is no such line. A name that can't be read leads to no file. */
function includedFiles(line: string, path: string): readonly string[] | undefined {
  if (!/^ {0,20}[-s]?include\s/.test(line)) return undefined;
  const names = line.replace(/#.*$/, '').trim().split(/\s+/).slice(1);
  return names.map((name) => (/[$*?[]/.test(name) ? '' : posix.join(posix.dirname(path), name)));
}

/** Targets of a rule line; phony ones count too, whether or not a rule follows. Undefined where they can't be read. */
function ruleTargets(line: string): readonly string[] | undefined {
  const code = line.replace(/#.*$/, '');
  const colon = code.indexOf(':');
  const isRule = colon > 0 && !/^\s/.test(line) && code[colon + 1] !== '=' && !code.slice(0, colon).includes('=');
  if (!isRule || code.slice(colon, colon + 3) === '::=') return [];
  const before = code.slice(0, colon).trim();
  const after = code.slice(colon + 1).trim();
  if (before.includes('$') || before === '.DEFAULT') return undefined;
  return (before === '.PHONY' ? after : before).split(/\s+/);
}
