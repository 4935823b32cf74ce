/** One line of CODEOWNERS: who owns what matches. No owners: what matches is owned by nobody. */
export interface OwnerRule {
  readonly line: number;
  readonly pattern: string;
  readonly owners: readonly string[];
}

export interface Codeowners {
  readonly rules: readonly OwnerRule[];
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

/** The places GitHub looks in, in its order; the first that exists counts. */
export const codeownersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

const maxPatternLength = 500;
const maxSegments = 100;

/** Reads CODEOWNERS text. A line that GitHub would ignore is a problem; the other lines still count. */
export function readCodeowners(text: string): Codeowners {
  const rules: OwnerRule[] = [];
  const problems: { line: number; reason: string }[] = [];
  for (const [position, written] of text.split('\n').entries()) {
    const line = position + 1;
    const [pattern, ...owners] = wordsOf(written);
    if (pattern === undefined) continue;
    const reason = complaint(pattern, owners);
    if (reason === undefined) rules.push({ line, pattern, owners });
    else problems.push({ line, reason });
  }
  return { rules, problems };
}

/** The rule that decides about a path: the last that matches. */
export function ruleFor(codeowners: Codeowners, path: string): OwnerRule | undefined {
  return codeowners.rules.findLast((rule) => patternMatches(rule.pattern, path));
}

/**
 * Whether a CODEOWNERS pattern takes a file: gitignore's rules without `!` and `[…]`. A slash at the start or inside
 * anchors it at the root; `docs/*` takes the files of docs alone, `docs/` and `docs` everything below.
 */
export function patternMatches(pattern: string, path: string): boolean {
  const isFolder = pattern.endsWith('/');
  const trimmed = pattern.replace(/^\//, '').replace(/\/$/, '');
  const isAnchored = pattern.startsWith('/') || trimmed.includes('/');
  const wanted = [...(isAnchored ? [] : ['**']), ...trimmed.split('/')];
  const last = wanted.at(-1) ?? '';
  const given = path.split('/');
  const below = segmentsMatch([...wanted, '*', '**'], given);
  if (isFolder) return below;
  const stopsHere = isAnchored && last.includes('*') && last !== '**';
  return segmentsMatch(wanted, given) || (!stopsHere && below);
}

/** GitHub's reading: `\` escapes, `#` starts a comment, white space separates. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/(?:\\.|[^\s\\])+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return (comment === -1 ? words : words.slice(0, comment)).map((word) => word.replace(/\\(.)/g, '$1'));
}

function complaint(pattern: string, owners: readonly string[]): string | undefined {
  if (pattern.length > maxPatternLength || pattern.split('/').length > maxSegments) return 'pattern too long';
  if (pattern.startsWith('!')) return 'CODEOWNERS knows no negation';
  if (pattern.includes('[')) return 'CODEOWNERS knows no character ranges';
  const stranger = owners.find((owner) => !isOwner(owner));
  return stranger === undefined ? undefined : `no owner: ${JSON.stringify(stranger.slice(0, 100))}`;
}

/** `@user`, `@organisation/team` or an address. */
function isOwner(word: string): boolean {
  return /^@[\w.-]{1,100}(?:\/[\w.-]{1,100})?$/.test(word) || /^[^\s@]{1,100}@[^\s@]{1,200}$/.test(word);
}

/** `**` takes any number of segments, none too; work is bounded by the product of both lengths. */
function segmentsMatch(wanted: readonly string[], given: readonly string[]): boolean {
  let reached = new Set([0]);
  for (const segment of wanted) {
    const next = new Set<number>();
    for (const from of reached) {
      if (segment !== '**') {
        const name = given[from];
        if (name !== undefined && nameMatches(segment, name)) next.add(from + 1);
      } else for (let to = from; to <= given.length; to += 1) next.add(to);
    }
    reached = next;
  }
  return reached.has(given.length);
}

/** `*` takes any characters, `?` one: the two-pointer match, which never backs up further than the last star. */
function nameMatches(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let position = 0; position < name.length;) {
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      resume = position;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[position])) {
      at += 1;
      position += 1;
    } else if (star !== -1) {
      at = star + 1;
      resume += 1;
      position = resume;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
