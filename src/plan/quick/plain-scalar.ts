/** Values that YAML's core schema reads in one way only, and that nothing around them can change. */
export type PlainScalar = string | number | boolean;

/** Words that are, or look like, more than text. */
const special = /^(?:null|true|false|yes|no|on|off|nan|inf)$/i;
const wholeNumber = /^(?:0|-?[1-9]\d{0,14})$/;
const decimalNumber = /^(?:0|[1-9]\d{0,11})\.\d{1,9}$/;
/** Durations, sizes and percent: digits with a unit, which no notation of a number has. */
const amount = /^[1-9]\d{0,14}(?:%|[A-Za-z]{1,2}|h\d{1,2}m)$/;
/** A word, or several: no notation of anything else has a blank. */
const words = /^[A-Za-z]|^[0-9]\S* /;

/** A scalar without quotes; undefined where it is none that everybody reads alike. */
export function plainScalar(text: string): PlainScalar | undefined {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (wholeNumber.test(text) || decimalNumber.test(text)) return Number(text);
  if (text === '.' || amount.test(text)) return text;
  return words.test(text) && !special.test(text) ? text : undefined;
}

const quoted = /^(?:"([^"\\]*)"|'([^']*)')(?: +#.*| *)$/;
const comment = / +#.*$/;

/** The scalar that the rest of a line is, a comment behind it left out; undefined where it is none. */
export function lineScalar(rest: string): PlainScalar | undefined {
  const inQuotes = quoted.exec(rest);
  if (inQuotes !== null) return inQuotes[1] ?? inQuotes[2];
  const text = rest.replace(comment, '').trimEnd();
  return text.includes(': ') || text.endsWith(':') ? undefined : plainScalar(text);
}
