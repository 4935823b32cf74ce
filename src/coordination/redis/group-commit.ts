interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupCommit<T, R> {
  readonly push: (item: T) => Promise<R>;
  /** Resolves when nothing is under way any more. */
  readonly idle: () => Promise<void>;
}

export interface GroupOptions<T, R> {
  /** Does a group in one go. Returns a result for each item, in order; an Error is that item's own failure. */
  readonly commit: (items: readonly T[]) => Promise<readonly (R | Error)[]>;
  readonly sizeOf: (item: T) => number;
  /** Bounds of a group; an item that is larger goes alone. */
  readonly maxSize: number;
  /** How many groups may be under way. With 1, items are done in the order in which they came, whatever happens. */
  readonly maxGroups: number;
}

/** Items that come while groups are under way go together in the next one. */
export function groupCommit<T, R>({ commit, sizeOf, maxSize, maxGroups }: GroupOptions<T, R>): GroupCommit<T, R> {
  const waiting: Waiting<T, R>[] = [];
  const busy = new Set<Promise<void>>();
  const takeGroup = (): readonly Waiting<T, R>[] => {
    let size = 0;
    const end = waiting.findIndex(({ item }, index) => (size += sizeOf(item)) > maxSize && index > 0);
    return waiting.splice(0, end === -1 ? waiting.length : end);
  };
  const drain = async (): Promise<void> => {
    // What is said in the same turn goes together.
    await Promise.resolve();
    while (waiting.length > 0) await settle(takeGroup(), commit);
  };
  const start = (): void => {
    const drained = drain().finally(() => {
      busy.delete(drained);
      // What came between the last look and this moment found a group under way, and started none.
      if (waiting.length > 0 && busy.size < maxGroups) start();
    });
    busy.add(drained);
  };
  return {
    push: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (busy.size < maxGroups) start();
      }),
    idle: async () => {
      while (busy.size > 0) await Promise.all(busy);
    },
  };
}

async function settle<T, R>(group: readonly Waiting<T, R>[], commit: GroupOptions<T, R>['commit']): Promise<void> {
  try {
    const results = await commit(group.map(({ item }) => item));
    results.forEach((result, index) => {
      if (result instanceof Error) group[index]?.reject(result);
      else group[index]?.resolve(result);
    });
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}
