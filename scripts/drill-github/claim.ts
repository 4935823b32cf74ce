import { CortexError } from '../../src/shared/errors.ts';

/** Throws where something is not as promised. */
export function claim(holds: boolean, promise: string, seen: unknown = ''): asserts holds {
  if (!holds) throw new Error(`not so: ${promise}${seen === '' ? '' : ` (${JSON.stringify(seen)})`}`);
}

/** `done`, or the code of the error that came. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof CortexError) return error.code;
    throw error;
  }
}

export function count(number: number): string {
  return number.toLocaleString('en');
}
