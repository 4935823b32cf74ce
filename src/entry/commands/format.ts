import { problem } from '../../shared/errors.ts';

/** The wanted format, or the first; throws `unknown-format` with the known ones. */
export function chooseFormat<F extends string>(wanted: string | undefined, known: readonly [F, ...F[]]): F {
  if (wanted === undefined) return known[0];
  const found = known.find((format) => format === wanted);
  if (found) return found;
  throw problem('unknown-format', `There is no format ${JSON.stringify(wanted)}`, {
    hint: `Choose one of ${known.join(', ')}.`,
  });
}
