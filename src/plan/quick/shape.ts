/** What a schema accepts, as data: the part of it that `fit.ts` knows. Lengths in UTF-16 code units. */
export type Shape =
  | { readonly is: 'map'; readonly of: Readonly<Record<string, Shape>> }
  | { readonly is: 'record'; readonly keys: Shape; readonly of: Shape }
  | { readonly is: 'list'; readonly of: Shape; readonly least: number; readonly most: number }
  | { readonly is: 'text'; readonly least: number; readonly most: number; readonly patterns: readonly string[] }
  | { readonly is: 'number'; readonly whole: boolean; readonly bounds: readonly Bound[] }
  | { readonly is: 'flag' }
  | { readonly is: 'word'; readonly of: readonly unknown[] }
  | { readonly is: 'either'; readonly of: readonly Shape[] }
  | { readonly is: 'json' }
  | { readonly is: 'optional'; readonly of: Shape }
  /** What is left out is this value, or becomes what the shape makes of it (`reads`). */
  | { readonly is: 'default'; readonly of: Shape; readonly value: unknown; readonly reads: boolean }
  /** More than data can say. */
  | { readonly is: 'code' };

/** `NaN` and infinity are out of every bound. */
export interface Bound {
  readonly than: 'least' | 'most' | 'above' | 'below';
  readonly value: number;
}

/** More than any list or text has; JSON knows no infinity. */
export const noEnd = Number.MAX_SAFE_INTEGER;
