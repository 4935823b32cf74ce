import { lessonFile, lessonFileSchema, mergeLessons, type LessonFromPerson } from '../lessons.ts';
import { jsonOf } from '../../../shared/json-of.ts';

/** The lessons that `lessons.json` holds; none without the file, undefined where it is none that we wrote. */
export function readLessons(text: string | null): readonly LessonFromPerson[] | undefined {
  if (text === null) return [];
  const read = lessonFileSchema.safeParse(jsonOf(text));
  return read.success ? read.data.lessons : undefined;
}

/**
 * The text of `lessons.json` with what was said since. What has been counted is not counted again. Undefined where the file is
 * there and is none that we wrote: then it stays as it is.
 */
export function addLessons(earlier: string | null, said: readonly LessonFromPerson[]): string | undefined {
  const known = readLessons(earlier);
  return known && `${JSON.stringify(lessonFile(mergeLessons(known, said)), null, 2)}\n`;
}
