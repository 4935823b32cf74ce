import { Kind, visit, type ASTNode, type DocumentNode, type FieldNode } from 'graphql';

/** How many nodes a query may give at most, and how many lists it asks for. */
export interface Size {
  readonly nodes: number;
  readonly requests: number;
}

export const mostNodes = 500_000;

/** By GitHub's own rule: every list counts as its page size, times those of the lists around it. */
export function sizeOf(document: DocumentNode, variables: Readonly<Record<string, unknown>>): Size {
  const fragments = new Map(
    document.definitions.flatMap((each) =>
      each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [],
    ),
  );
  const measure = (node: ASTNode, around: number): Size => {
    let [nodes, requests] = [0, 0];
    const add = (size: Size): void => {
      nodes += size.nodes;
      requests += size.requests;
    };
    visit(node, {
      Field: (field) => {
        const page = pageSize(field, variables);
        if (page === undefined || field === node || !field.selectionSet) return undefined;
        add({ nodes: around * page, requests: around });
        add(measure(field.selectionSet, around * page));
        return false;
      },
      FragmentSpread: ({ name }) => {
        const fragment = fragments.get(name.value);
        if (fragment) add(measure(fragment.selectionSet, around));
      },
    });
    return { nodes, requests };
  };
  const sizes = document.definitions.flatMap((each) =>
    each.kind === Kind.OPERATION_DEFINITION ? [measure(each, 1)] : [],
  );
  return sizes.reduce((sum, each) => ({ nodes: sum.nodes + each.nodes, requests: sum.requests + each.requests }), {
    nodes: 0,
    requests: 0,
  });
}

/** Points of the hourly limit that a query takes. */
export function costOf({ requests }: Size): number {
  return Math.max(1, Math.round(requests / 100));
}

function pageSize(field: FieldNode, variables: Readonly<Record<string, unknown>>): number | undefined {
  const value = field.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last')?.value;
  if (value?.kind === Kind.INT) return Number(value.value);
  if (value?.kind !== Kind.VARIABLE) return undefined;
  const given = variables[value.name.value];
  return typeof given === 'number' ? given : undefined;
}
