/** The one door to the `ignore` package: who owns a path, by a CODEOWNERS file. */
import ignore from 'ignore';
import { sortedSet } from '../../../shared/canonical.ts';

/** People and teams by name, without an `@`; teams as `organisation/team`. */
export interface Owners {
  readonly people: readonly string[];
  readonly teams: readonly string[];
}

interface OwnerRule {
  readonly owns: (path: string) => boolean;
  readonly owners: readonly string[];
}

/** GitHub reads no larger file, and passes over all of it. */
const maxBytes = 3 * 1024 * 1024;
/** No path is longer, and each star more makes a pattern costlier to match. */
const maxPattern = 1000;
const maxStars = 8;
const person = /^@[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/;
const team = /^@[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[A-Za-z0-9._-]{1,100}$/;
const email = /^[^\s@]+@[^\s@]+$/;

/**
 * Owners of paths as GitHub finds them: the last rule that matches a path counts, one without owners takes them away. A line
 * that is not understood is passed over, as GitHub does; owners by e-mail can't be asked for a review and are left out.
 * https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export function ownersOf(file: string, paths: readonly string[]): Owners {
  if (Buffer.byteLength(file) > maxBytes) return { people: [], teams: [] };
  const rules = file.split(/\r\n|\r|\n/).flatMap((line) => readRule(line) ?? []);
  const owners = paths.flatMap((path) => rules.findLast((rule) => rule.owns(path))?.owners ?? []);
  const names = (form: RegExp): string[] =>
    onceByCase(owners.filter((owner) => form.test(owner)).map((owner) => owner.slice(1)));
  return { people: names(person), teams: names(team) };
}

function readRule(line: string): OwnerRule | undefined {
  const [pattern, ...owners] = wordsOf(line);
  // What gitignore has and CODEOWNERS has not: negation, character ranges, sections.
  if (pattern === undefined || /^[!#^]|[[\]]/.test(pattern)) return undefined;
  if (pattern.length > maxPattern || pattern.split('*').length > maxStars + 1) return undefined;
  if (!owners.every((owner) => person.test(owner) || team.test(owner) || email.test(owner))) return undefined;
  return { owns: matcher(pattern), owners };
}

/** Words of a line up to a comment; a space after a backslash belongs to its word. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/(?:\\.|[^\s\\]|\\$)+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment === -1 ? words : words.slice(0, comment);
}

/** As gitignore, but that a `*` for the last name of a folder stops there: `docs/*` owns nothing below `docs/deep/`. */
function matcher(pattern: string): (path: string) => boolean {
  const rule = ignore({ ignorecase: false }).add({ pattern });
  const isShallow = /[^*/]\/\*$/.test(pattern);
  return (path) => {
    if (!ignore.isPathValid(path) || !rule.ignores(path)) return false;
    const end = path.lastIndexOf('/');
    return !isShallow || end <= 0 || !rule.ignores(path.slice(0, end + 1));
  };
}

function onceByCase(names: readonly string[]): string[] {
  return sortedSet(names).filter(
    (name, index, all) => all.findIndex((each) => each.toLowerCase() === name.toLowerCase()) === index,
  );
}
