const factors: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Reads a quantity such as `250m` or `512Mi`. */
export function readQuantity(text: string): number {
  const [, digits = '', suffix = ''] = /^(\d+(?:\.\d+)?)(m|k|[KMGT]i?|)$/.exec(text) ?? [];
  const factor = factors[suffix];
  if (!digits || factor === undefined) throw new Error(`not a quantity: ${text}`);
  return Number(digits) * factor;
}

/** Writes a sum as the quota messages do: CPU in millicores where it must, bytes with a binary suffix where it can. */
export function writeQuantity(resource: string, value: number): string {
  if (resource.endsWith('cpu')) return Number.isInteger(value) ? String(value) : `${Math.round(value * 1000)}m`;
  if (!/(?:memory|storage)$/.test(resource)) return String(value);
  const suffix = ['Ti', 'Gi', 'Mi', 'Ki'].find((each) => value > 0 && value % (factors[each] ?? 1) === 0);
  return suffix ? `${value / (factors[suffix] ?? 1)}${suffix}` : String(value);
}
