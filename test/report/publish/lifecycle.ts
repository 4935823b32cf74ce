import { describe, expect, it } from 'vitest';
import type { HostIdentity } from '../../../src/protocol/code-host.ts';
import type { PublishOutcome } from '../../../src/report/publish/outcome.ts';
import { readPullMarker } from '../../../src/report/publish/world/pull-marker.ts';
import type { Written } from '../../support/publish/memory-git.ts';
import { Story } from '../../support/publish/story.ts';

/** One case: a repository and its past, the run that is looked at, and what becomes of each fix, with the reason. */
export interface Case {
  readonly it: string;
  readonly files?: Written;
  readonly identity?: HostIdentity;
  /** What happened before; the last outcome is what is looked at. */
  readonly story: (story: Story) => Promise<PublishOutcome>;
  /** By the name of the fix: `action: reason`, whole or its beginning. Nothing else becomes of anything. */
  readonly ends: Readonly<Record<string, string>>;
  /** What else is true afterwards. */
  readonly and?: (story: Story, outcome: PublishOutcome) => void;
}

/** Runs each case as a test. Whatever the case, no commit of a person is lost, and no path has two open pull requests. */
export function lifecycle(part: string, cases: readonly Case[]): void {
  describe(`${part}`, () => {
    it.each(cases)('$it', async ({ files, identity, story, ends, and }) => {
      const told = new Story(files, identity);
      const outcome = await story(told);
      const words = told.words(outcome);
      expect(Object.keys(words).toSorted(), JSON.stringify(words)).toEqual(Object.keys(ends).toSorted());
      for (const [name, expected] of Object.entries(ends))
        expect(words[name]).toSatisfy(
          (seen: string) => seen.startsWith(expected),
          `${words[name]} begins with ${expected}`,
        );
      alwaysTrue(told);
      and?.(told, outcome);
    });
  });
}

/** Holds in every repository that the publisher has been in. */
export function alwaysTrue({ memory }: Story): void {
  const open = memory.threads.pulls.filter(
    (pull) => pull.state === 'open' && typeof readPullMarker(pull.body) === 'object',
  );
  const paths = open.flatMap((pull) => {
    const marker = readPullMarker(pull.body);
    return typeof marker === 'object' ? (marker.paths ?? []).map((path) => `${marker.base ?? 'main'}:${path}`) : [];
  });
  expect(new Set(paths).size, `one open pull request per base and path: ${paths.join(' ')}`).toBe(paths.length);
  for (const { branch, body } of memory.threads.pulls) {
    expect(body.length).toBeLessThanOrEqual(65_536);
    const head = memory.git.head(branch);
    const theirs = [...memory.git.commits.values()].filter(({ message }) => message === `person on ${branch}`);
    for (const { sha } of head === null ? [] : theirs)
      expect(memory.git.isAfter(head?.sha ?? '', sha), 'no commit of a person is lost').toBe(true);
  }
}

/** A person pushes to the branch of a fix. */
export function pushTo(story: Story, name: string, files: Written = { 'person.txt': 'mine\n' }): void {
  const branch = story.branch(name);
  story.people.push(branch, files, `person on ${branch}`);
}

/** What a branch of a fix has that the base has not, by path. */
export function broughtBy(story: Story, name: string): Readonly<Record<string, string | undefined>> {
  const [base, head] = [
    story.memory.git.treeAt(story.head('main')),
    story.memory.git.treeAt(story.head(story.branch(name))),
  ];
  const paths = [...new Set([...base.keys(), ...head.keys()])].filter(
    (path) => base.get(path)?.content !== head.get(path)?.content,
  );
  return Object.fromEntries(paths.map((path) => [path, head.get(path)?.content]));
}

export const commentsOf = (story: Story, name: string): number =>
  story.memory.threads.commentsOf(story.number(name)).length;
