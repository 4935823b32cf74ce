/** Words that people write where a credential would stand, and the signature of the token that explains JWT everywhere. */
const placeholderWords =
  /example|placeholder|change[-_]?me|redacted|dummy|sample|fake|your[-_]|my[-_](?:secret|token|password)|insert|replace|x{4}|\*{3}|\.{3}|not[-_]?a[-_]?(?:real|secret)|SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c/i;

/** Text that a tool fills in later: `${VAR}`, `{{ value }}`, `<token>`, `$(command)`, `%s`, `$VAR`, `#{value}`. */
const templates =
  /\$\{|\{\{|\}\}|#\{|\$\(|<[^<>]{1,60}>|%[sdv(]|^\$[A-Za-z_]|^%[A-Za-z_]{1,60}%$|^\{[A-Za-z_.]{1,60}\}$|^[A-Z]+(?:_[A-Z]+)+$/;

/** Whole values that are defaults of manuals and local set-ups. */
const manualDefaults =
  /^(?:user(?:name)?|pass(?:word|wd|phrase)?|p[a4@][s$5]{2}w[o0]rd|pwd|secret|token|key|admin|root|guest|test(?:ing)?|demo|local|dev|foo|bar|postgres|mysql|redis|mongo|rabbitmq|minio|credentials?)[0-9]{0,4}!?$/i;

/** Shannon entropy in bits per character: 0 for equal characters, 4 for even hexadecimal, 6 for even base64. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const length = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / length) * Math.log2(count / length);
  return entropy;
}

/** True for values that documentation and templates show in place of a credential: they open nothing. */
export function isPlaceholder(value: string): boolean {
  return placeholderWords.test(value) || templates.test(value) || manualDefaults.test(value) || isSequence(value);
}

/** Mostly runs like `0123`, `abcd` or `aaaa`: half of the neighbours are equal or one apart upwards. */
function isSequence(value: string): boolean {
  let steps = 0;
  for (let i = 1; i < value.length; i++) {
    const step = value.charCodeAt(i) - value.charCodeAt(i - 1);
    if (step === 0 || step === 1) steps++;
  }
  return value.length > 1 && steps / (value.length - 1) >= 0.5;
}
