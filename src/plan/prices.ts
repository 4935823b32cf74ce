/** Micro-dollars per million tokens, by kind of token. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly cacheRead: number;
}

/** A model's list price; `long` holds for a whole request whose prompt is longer than `longAbove` tokens. */
export interface PricedModel extends ModelPrice {
  readonly longAbove?: number;
  readonly long?: ModelPrice;
}

/** The vendor's list prices as of a date. A change of any number is a new version. */
export const priceTable = {
  version: 1,
  date: '2026-10-07',
  models: {
    'claude-fable-5-1': price([10, 50, 12.5, 20, 0.25]),
    'claude-opus-5-5': price([4, 20, 5, 8, 0.2]),
    'claude-opus-5': price([5, 25, 6.25, 10, 0.5]),
    'claude-opus-4-8': price([5, 25, 6.25, 10, 0.5]),
    'claude-opus-4-7': price([5, 25, 6.25, 10, 0.5]),
    'claude-opus-4-6': price([5, 25, 6.25, 10, 0.5]),
    'claude-opus-4-5': price([5, 25, 6.25, 10, 0.5]),
    'claude-sonnet-5-5': price([2, 10, 2.5, 4, 0.1]),
    'claude-sonnet-5': price([2, 10, 2.5, 4, 0.2]),
    'claude-sonnet-4-6': price([3, 15, 3.75, 6, 0.3]),
    'claude-sonnet-4-5': price([3, 15, 3.75, 6, 0.3]),
    'claude-haiku-5-5': {
      ...price([0.1, 0.5, 0.125, 0.2, 0.01]),
      longAbove: 100_000,
      long: price([0.5, 2.5, 0.625, 1, 0.05]),
    },
    'claude-haiku-4-5': price([1, 5, 1.25, 2, 0.1]),
  } as Readonly<Record<string, PricedModel>>,
} as const;

/** The price of a model, or undefined where the table has none: then nothing may be capped in money. */
export function priceOf(model: string): PricedModel | undefined {
  return Object.hasOwn(priceTable.models, model) ? priceTable.models[model] : undefined;
}

/** Most that tokens can cost: all of them at the dearest rate. 0 for a model without a price. */
export function mostItCosts(model: string, tokens: number): number {
  const priced = priceOf(model);
  if (priced === undefined) return 0;
  return Math.ceil((tokens * Math.max(...rates(priced), ...rates(priced.long))) / 1e6);
}

function rates(priced: ModelPrice | undefined): readonly number[] {
  if (priced === undefined) return [];
  return [priced.input, priced.output, priced.cacheWrite5m, priced.cacheWrite1h, priced.cacheRead];
}

/** Dollars per million tokens, in the order of the vendor's price page. */
function price(dollars: readonly [number, number, number, number, number]): ModelPrice {
  const [input, output, cacheWrite5m, cacheWrite1h, cacheRead] = dollars.map((each) => Math.round(each * 1e6)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { input, output, cacheWrite5m, cacheWrite1h, cacheRead };
}
