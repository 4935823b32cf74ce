import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface Import {
  /** As written, or for a relative one the path below `src/`. */
  readonly target: string;
  readonly kind: 'value' | 'type' | 'dynamic';
}

/** One source file: its path below `src/`, its text, and what it imports. */
export interface Module {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** All modules below a folder, in path order. */
export function readModules(root: string): readonly Module[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => moduleOf(path, readFileSync(join(root, path), 'utf8')));
}

/** A module from its text: what the checks of this folder's tests are tried on. */
export function moduleOf(path: string, text: string): Module {
  return {
    path,
    text,
    imports: importsOf(withoutComments(text)).map((each) => ({ ...each, target: resolve(path, each.target) })),
  };
}

/** The folder of `src/` that a path lies in. */
export function folderOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}

/** The npm package that an import names, or undefined for a file or a part of Node. */
export function packageOf({ target }: Import): string | undefined {
  if (target.startsWith('node:') || target.endsWith('.ts') || target.endsWith('.json')) return undefined;
  const parts = target.split('/');
  return target.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

/**
 * The text without its comments. Block comments begin a line and line comments follow a blank, as the formatter leaves
 * them: a glob such as `**` + `/*` in a string is none.
 */
export function withoutComments(text: string): string {
  return text.replace(/^[ \t]*\/\*[^]*?\*\//gm, '').replace(/(^|\s)\/\/ .*$/gm, '$1');
}

const statement = /^(import|export)\s+(type\s+)?(?:[^'"`();=]*?\bfrom\s*)?['"]([^'"\n]+)['"]/gm;
const call = /(\btypeof\s+)?\bimport\(\s*(?:['"]([^'"\n]+)['"])?/g;

function importsOf(text: string): Import[] {
  const statements = [...text.matchAll(statement)].map(([, , type, target = '']): Import => ({
    target,
    kind: type ? 'type' : 'value',
  }));
  const calls = [...text.matchAll(call)].map(([, type, target = 'a computed name']): Import => ({
    target,
    kind: type ? 'type' : 'dynamic',
  }));
  return [...statements, ...calls];
}

function resolve(path: string, target: string): string {
  return target.startsWith('.') ? posix.join(posix.dirname(path), target) : target;
}
