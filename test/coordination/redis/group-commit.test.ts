import { describe, expect, it } from 'vitest';
import { groupCommit, type GroupCommit } from '../../../src/coordination/redis/group-commit.ts';

/** Groups of items that are committed as they are, each taking a turn of the event loop; `groups` shows them. */
function echo(options: { readonly maxSize?: number; readonly maxGroups?: number } = {}): {
  readonly group: GroupCommit<string, string>;
  readonly groups: (readonly string[])[];
} {
  const groups: (readonly string[])[] = [];
  const commit = async (items: readonly string[]): Promise<readonly (string | Error)[]> => {
    groups.push(items);
    await new Promise(setImmediate);
    if (items.includes('broken')) throw new Error('all of it');
    return items.map((item) => (item === 'refused' ? new Error('that one') : item));
  };
  return {
    group: groupCommit({ commit, sizeOf: (item) => item.length, maxSize: 100, maxGroups: 1, ...options }),
    groups,
  };
}

describe('items that are committed in groups', () => {
  it('go together where they come in one turn, and while a group is under way', async () => {
    const { group, groups } = echo();
    const first = [group.push('a'), group.push('b')];
    await new Promise((resolve) => process.nextTick(resolve));
    await Promise.all([...first, group.push('c'), group.push('d')]);
    expect(groups).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('are bounded in size; one that is larger goes alone', async () => {
    const { group, groups } = echo({ maxSize: 3 });
    await Promise.all(['ab', 'c', 'd', 'larger', 'e'].map(group.push));
    expect(groups).toEqual([['ab', 'c'], ['d'], ['larger'], ['e']]);
  });

  it('fail each for itself, or together where the whole group does', async () => {
    const { group } = echo();
    const one = await Promise.allSettled(['a', 'refused'].map(group.push));
    const all = await Promise.allSettled(['a', 'broken'].map(group.push));
    expect([...one, ...all].map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
  });

  it.each(Array.from({ length: 12 }, (_, turns) => turns))(
    'are all committed, also one that comes %i turns after the last of a group',
    async (turns) => {
      const { group } = echo();
      await group.push('a');
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      const late = new Promise((resolve) => setTimeout(resolve, 200, 'never'));
      expect(await Promise.race([group.push('b'), late])).toBe('b');
    },
  );

  it('are all done when nothing is under way any more', async () => {
    const { group, groups } = echo();
    const pushed = group.push('a');
    await group.idle();
    expect(groups).toEqual([['a']]);
    expect(await pushed).toBe('a');
  });
});
