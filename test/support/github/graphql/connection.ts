import { GraphQLError } from 'graphql';

export interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

const mostPerPage = 100;

/** One page of a list, by GitHub's rules: a size must be said, 100 at most. */
export function connectionOf<Item>(
  name: string,
  { all, ...page }: { readonly all: readonly Item[] } & PageArguments,
  write: (item: Item) => unknown,
): unknown {
  const size = page.first ?? page.last;
  if (size === undefined || size === null) {
    throw refusal(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
    );
  }
  if (size > mostPerPage) {
    const word = page.first === size ? 'first' : 'last';
    throw refusal(
      'EXCESSIVE_PAGINATION',
      `Requesting ${size} records on the \`${name}\` connection exceeds the \`${word}\` limit of ${mostPerPage} records.`,
    );
  }
  const from = page.after ? indexOf(page.after) + 1 : 0;
  const to = page.before ? indexOf(page.before) : all.length;
  const isForward = page.first !== undefined && page.first !== null;
  const start = isForward ? from : Math.max(from, to - size);
  const end = isForward ? Math.min(to, from + size) : to;
  const shown = all.slice(start, end);
  const cursors = shown.map((_, index) => cursorOf(start + index));
  const nodes = shown.map((item) => write(item));
  return {
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: cursors[index] })),
    totalCount: all.length,
    pageInfo: {
      hasNextPage: end < all.length,
      hasPreviousPage: start > 0,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    },
  };
}

/** An error as GitHub types it. */
export function refusal(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

function cursorOf(index: number): string {
  return Buffer.from(`cursor:${index}`).toString('base64');
}

function indexOf(cursor: string): number {
  const [, index] = /^cursor:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString()) ?? [];
  if (index === undefined)
    throw refusal('INVALID_CURSOR_ARGUMENTS', `\`${cursor}\` does not appear to be a valid cursor.`);
  return Number(index);
}
