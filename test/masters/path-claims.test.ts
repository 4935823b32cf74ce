import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settlePaths, type HeldChange } from '../../src/masters/path-claims.ts';
import { masterNames, priorities, type MasterName, type Priority } from '../../src/protocol/words.ts';
import { sha256 } from '../../src/shared/canonical.ts';

interface Claimed {
  readonly master: MasterName;
  readonly change: string;
  readonly priority: Priority;
  readonly paths: readonly string[];
}

/** A change whose fingerprint begins with the letter, of a task of medium priority. */
const claim = (master: MasterName, letter: string, paths: readonly string[]): Claimed => ({
  master,
  change: letter.repeat(64),
  priority: 'medium',
  paths,
});

function settle(...claims: readonly Claimed[]): HeldChange[] {
  const masters = [...new Set(claims.map(({ master }) => master))];
  const own = (master: MasterName): readonly Claimed[] => claims.filter((each) => each.master === master);
  const said = ({
    change,
    priority,
    paths,
  }: Claimed): { change: string; priority: Priority; paths: string[]; task: string } => ({
    change,
    task: 'any',
    priority,
    paths: [...paths],
  });
  return settlePaths(new Map(masters.map((master) => [master, own(master).map(said)])));
}

/** Whose change is held back, by whose, and for which files. */
const heldOf = (...claims: readonly Claimed[]): readonly string[] =>
  settle(...claims).map(({ master, change, winner, by, paths }) =>
    [`${master} ${change[0]}`, `by ${winner} ${by[0]}`, paths.join(' ')].join(', '),
  );

describe('of changes to the same file', () => {
  const [security, cicd, testing] = ['security-master', 'cicd-master', 'testing-master'] as const;

  it('all go on where no two masters touch the same', () => {
    expect(heldOf(claim(security, 'a', ['x']), claim(cicd, 'b', ['y']))).toEqual([]);
  });

  it('all of one master go on: it has ordered them itself', () => {
    expect(heldOf(claim(cicd, 'a', ['x']), claim(cicd, 'b', ['x']))).toEqual([]);
  });

  it('that of the master that comes first goes on, and the other names it and the files', () => {
    const both = [claim(cicd, 'a', ['z', 'y', 'x']), claim(security, 'b', ['y', 'w', 'x'])];
    expect(heldOf(...both)).toEqual(['cicd-master a, by security-master b, x y']);
  });

  it('that of the more important task goes on, whatever the order of the masters', () => {
    const both = [
      { ...claim(security, 'a', ['x']), priority: 'high' as const },
      { ...claim(testing, 'b', ['x']), priority: 'critical' as const },
    ];
    expect(heldOf(...both)).toEqual(['security-master a, by testing-master b, x']);
  });

  it('of one master and one importance, the smallest fingerprint names the winner', () => {
    const three = [claim(security, 'c', ['x']), claim(security, 'b', ['x']), claim(cicd, 'a', ['x'])];
    expect(heldOf(...three)).toEqual(['cicd-master a, by security-master b, x']);
  });

  it('one that only a held one stands against goes on', () => {
    const chain = [claim(security, 'a', ['x']), claim(cicd, 'b', ['x', 'y']), claim(testing, 'c', ['y'])];
    expect(heldOf(...chain)).toEqual(['cicd-master b, by security-master a, x']);
  });

  it('one that two stand against names the one that ranks higher', () => {
    const three = [
      claim(security, 'a', ['x']),
      { ...claim(cicd, 'b', ['y']), priority: 'high' as const },
      claim(testing, 'c', ['x', 'y']),
    ];
    expect(heldOf(...three)).toEqual(['testing-master c, by cicd-master b, y']);
  });

  it('the very same change of two masters stands against nobody', () => {
    expect(heldOf(claim(security, 'a', ['x']), claim(cicd, 'a', ['x']))).toEqual([]);
  });
});

describe('a settlement', () => {
  const claimed = fc
    .array(
      fc.record({
        master: fc.constantFrom(...masterNames),
        priority: fc.constantFrom(...priorities),
        paths: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 }),
      }),
      { maxLength: 12 },
    )
    .map((all) => all.map((each, index): Claimed => ({ ...each, change: sha256(`${index}`) })));

  const goesOn = (claims: readonly Claimed[]): readonly Claimed[] => {
    const held = new Set(settle(...claims).map(({ change }) => change));
    return claims.filter(({ change }) => !held.has(change));
  };

  it('does not depend on who came when', () => {
    const shuffled = claimed.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, others]) => {
        expect(settle(...others)).toEqual(settle(...all));
      }),
    );
  });

  it('leaves no file to two masters', () => {
    fc.assert(
      fc.property(claimed, (all) => {
        const owners = new Map<string, MasterName>();
        for (const { master, paths } of goesOn(all))
          for (const path of paths) {
            expect(owners.get(path) ?? master).toBe(master);
            owners.set(path, master);
          }
      }),
    );
  });

  it('holds a change back only for one that goes on itself, of another master, with a file in common', () => {
    fc.assert(
      fc.property(claimed, (all) => {
        const going = goesOn(all);
        for (const held of settle(...all)) {
          const own = all.find(({ change }) => change === held.change);
          const winner = going.find(({ change }) => change === held.by);
          expect(winner?.master).toBe(held.winner);
          expect(own?.master).not.toBe(held.winner);
          expect(held.paths.length).toBeGreaterThan(0);
          for (const path of held.paths) expect([own, winner].every((each) => each?.paths.includes(path))).toBe(true);
        }
      }),
    );
  });
});
