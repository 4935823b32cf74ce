import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lessonFile,
  lessonFileSchema,
  mergeLessons,
  reasons,
  lastWord,
  type LessonFromPerson,
} from '../../../src/report/publish/lessons.ts';
import { sha256 } from '../../../src/shared/canonical.ts';

const lesson = (overrides: Partial<LessonFromPerson> = {}): LessonFromPerson => ({
  v: 1,
  change: sha256('a'),
  findings: [],
  rules: ['x/y'],
  reason: 'wrong',
  at: '2026-11-20T00:00:00.000Z',
  pullRequest: 7,
  ...overrides,
});

const lessons = fc.array(
  fc
    .record({
      change: fc.constantFrom('a', 'b', 'c'),
      at: fc.integer({ min: 10, max: 20 }),
      reason: fc.constantFrom(...reasons),
      pullRequest: fc.constantFrom(1, 2, null),
    })
    .map(({ change, at, ...rest }) => lesson({ ...rest, change: sha256(change), at: `2026-11-${at}T00:00:00.000Z` })),
);

describe('what people said', () => {
  it('is kept once per change and pull request, with the newest word', () => {
    const later = lesson({ reason: 'later', at: '2026-11-21T00:00:00.000Z' });
    expect(mergeLessons([lesson()], [later])).toEqual([later]);
    expect(mergeLessons([later], [lesson()])).toEqual([later]);
    expect(mergeLessons([lesson()], [lesson({ pullRequest: 8 })])).toHaveLength(2);
  });

  it('is the same however often it is added', () => {
    fc.assert(
      fc.property(lessons, lessons, (known, fresh) => {
        const once = mergeLessons(known, fresh);
        expect(mergeLessons(once, fresh)).toEqual(once);
        expect(mergeLessons(once, [])).toEqual(once);
      }),
    );
  });

  it('is counted per rule', () => {
    const file = lessonFile([
      lesson(),
      lesson({ pullRequest: 8 }),
      lesson({ change: sha256('b'), reason: 'later', rules: ['x/y', 'z/w'] }),
    ]);
    expect(file.counts).toEqual({ 'x/y': { wrong: 2, later: 1 }, 'z/w': { later: 1 } });
    expect(lessonFileSchema.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });

  it('has a last word per change', () => {
    const all = [
      lesson({ at: '2026-11-22T00:00:00.000Z', reason: 'reopened', pullRequest: 9 }),
      lesson(),
      lesson({ change: sha256('b') }),
    ];
    expect(lastWord(all, sha256('a'))?.reason).toBe('reopened');
    expect(lastWord(all, sha256('never'))).toBeUndefined();
  });
});
