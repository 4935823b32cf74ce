import { z } from 'zod';
import { sha256Schema } from '../../protocol/finding.ts';
import { compareText, sortedSet } from '../../shared/canonical.ts';

/** Why a person does not want a change, by one click; `reopened` takes it back. */
export const reasons = ['wrong', 'not-wanted', 'duplicate', 'later', 'reopened'] as const;
export type LessonReason = (typeof reasons)[number];

/** What a person said of a change. */
export const lessonSchema = z.strictObject({
  v: z.literal(1),
  change: sha256Schema,
  /** Fingerprints of what the change would have mended, and the rules that found it. */
  findings: z.array(sha256Schema),
  rules: z.array(z.string()),
  reason: z.enum(reasons),
  /** ISO 8601: when it was seen. */
  at: z.string(),
  pullRequest: z.int().min(1).nullable(),
  by: z.string().optional(),
});
export type LessonFromPerson = z.infer<typeof lessonSchema>;

/** `coordination/lessons.json`: the newest word on each change, and how often each rule was answered with what. */
export const lessonFileSchema = z.strictObject({
  v: z.literal(1),
  lessons: z.array(lessonSchema),
  counts: z.record(z.string(), z.partialRecord(z.enum(reasons), z.int().min(0))),
});
export type LessonFile = z.infer<typeof lessonFileSchema>;

/** One word per change and pull request: said twice, it counts once. */
export function lessonKey(lesson: LessonFromPerson): string {
  return `${lesson.change}#${lesson.pullRequest ?? 0}`;
}

/** Those that are not known word for word: a reason that was said anew is news. */
export function unknownLessons(
  said: readonly LessonFromPerson[],
  known: readonly LessonFromPerson[],
): readonly LessonFromPerson[] {
  const wordOf = (lesson: LessonFromPerson): string => `${lessonKey(lesson)} ${lesson.reason} ${lesson.at}`;
  const before = new Set(known.map(wordOf));
  return said.filter((lesson) => !before.has(wordOf(lesson)));
}

/** All lessons of both, each key once with its newest word, in the order of their changes. Pure and idempotent. */
export function mergeLessons(
  known: readonly LessonFromPerson[],
  fresh: readonly LessonFromPerson[],
): readonly LessonFromPerson[] {
  const byKey = new Map<string, LessonFromPerson>();
  for (const lesson of [...known, ...fresh]) {
    const other = byKey.get(lessonKey(lesson));
    if (other === undefined || other.at <= lesson.at) byKey.set(lessonKey(lesson), lesson);
  }
  return [...byKey.values()].toSorted((a, b) => compareText(lessonKey(a), lessonKey(b)));
}

/** The file that keeps these lessons. */
export function lessonFile(lessons: readonly LessonFromPerson[]): LessonFile {
  const rules = sortedSet(lessons.flatMap((lesson) => lesson.rules));
  const counts = rules.map((rule) => [rule, countReasons(lessons.filter((lesson) => lesson.rules.includes(rule)))]);
  return { v: 1, lessons: [...lessons], counts: Object.fromEntries(counts) as LessonFile['counts'] };
}

function countReasons(lessons: readonly LessonFromPerson[]): Partial<Record<LessonReason, number>> {
  const said = reasons.map((reason) => [reason, lessons.filter((lesson) => lesson.reason === reason).length] as const);
  return Object.fromEntries(said.filter(([, count]) => count > 0));
}

/** The newest word on a change. */
export function lastWord(lessons: readonly LessonFromPerson[], change: string): LessonFromPerson | undefined {
  return lessons
    .filter((lesson) => lesson.change === change)
    .toSorted((a, b) => compareText(a.at, b.at))
    .at(-1);
}
