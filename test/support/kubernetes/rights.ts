/** What a request is about, as rights see it. */
export interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Matches where all that it names is equal. */
export type Denial = Partial<Attributes>;

export interface Rights {
  /** Takes a right away. Returns how to give it back. */
  readonly deny: (denial: Denial) => () => void;
  readonly allows: (asked: Attributes) => boolean;
}

/** All is allowed that was not taken away. */
export function rightsList(): Rights {
  let denials: Denial[] = [];
  return {
    deny: (denial) => {
      denials.push(denial);
      return () => void (denials = denials.filter((each) => each !== denial));
    },
    allows: (asked) =>
      !denials.some((denial) =>
        Object.entries(denial).every(([key, value]) => (asked[key as keyof Attributes] ?? '') === value),
      ),
  };
}
