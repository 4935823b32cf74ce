import {
  Kind,
  parse,
  visit,
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
} from 'graphql';
import { usedFields } from './graphql-fields.ts';

type Fielded = Extract<DefinitionNode, { readonly kind: Kind.OBJECT_TYPE_DEFINITION | Kind.INTERFACE_TYPE_DEFINITION }>;

/** The types of GitHub's schema that are used, with the fields that are used of them and what those need. */
export function schemaSubset(source: string): DocumentNode {
  const all = new Map(parse(source).definitions.flatMap((each) => named(each)));
  const kept = new Map<string, DefinitionNode>();
  for (const name of Object.keys(usedFields)) kept.set(name, fielded(all, name));
  const waiting = [...kept.values()].flatMap(typesIn);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (kept.has(next)) continue;
    const found = all.get(next);
    if (!found) continue;
    const part = closed(found);
    kept.set(next, part);
    waiting.push(...typesIn(part));
  }
  return visit(
    { kind: Kind.DOCUMENT, definitions: [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each) },
    { enter: withoutProse },
  ) as DocumentNode;
}

/** A type that the list does not name: whole where it is plain, its listed members where it is a union. */
function closed(definition: DefinitionNode): DefinitionNode {
  if (definition.kind === Kind.UNION_TYPE_DEFINITION) {
    return { ...definition, types: (definition.types ?? []).filter(({ name }) => name.value in usedFields) };
  }
  if ('name' in definition && 'fields' in definition && definition.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) {
    throw new Error(`a listed field leads to ${String(definition.name?.value)}, which the list does not name`);
  }
  return definition;
}

function fielded(all: ReadonlyMap<string, DefinitionNode>, name: string): Fielded {
  const found = all.get(name);
  if (!isFielded(found)) throw new Error(`the schema has no type ${name} with fields`);
  const wanted = new Map((usedFields[name] ?? []).map(written));
  const fields = (found.fields ?? []).filter((field) => wanted.has(field.name.value));
  const missing = [...wanted.keys()].filter((field) => !fields.some((each) => each.name.value === field));
  if (missing.length > 0) throw new Error(`${name} has no field ${missing.join(', ')}`);
  return {
    ...found,
    interfaces: (found.interfaces ?? []).filter((each) => each.name.value in usedFields),
    fields: fields.map((field) => withArguments(field, wanted.get(field.name.value) ?? [])),
  };
}

function withArguments(field: FieldDefinitionNode, wanted: readonly string[]): FieldDefinitionNode {
  const all = field.arguments ?? [];
  const missing = wanted.filter((name) => !all.some((each) => each.name.value === name));
  if (missing.length > 0) throw new Error(`${field.name.value} has no argument ${missing.join(', ')}`);
  return { ...field, arguments: all.filter((each) => wanted.includes(each.name.value) || isNeeded(each)) };
}

/** `name(first, after)` as the name with its arguments. */
function written(field: string): readonly [string, readonly string[]] {
  const [, name = '', inside = ''] = /^(\w+)(?:\((.*)\))?$/.exec(field) ?? [];
  return [name, inside.split(', ').filter((each) => each !== '')];
}

function isNeeded({ type, defaultValue }: InputValueDefinitionNode): boolean {
  return type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined;
}

function isFielded(definition: DefinitionNode | undefined): definition is Fielded {
  return definition?.kind === Kind.OBJECT_TYPE_DEFINITION || definition?.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

function named(definition: DefinitionNode): readonly (readonly [string, DefinitionNode])[] {
  return 'name' in definition && definition.name && !definition.kind.includes('Directive')
    ? [[definition.name.value, definition]]
    : [];
}

function typesIn(definition: DefinitionNode): string[] {
  const found: string[] = [];
  visit(definition, {
    NamedType: (node) => void found.push(node.name.value),
    Directive: () => false,
  });
  return found;
}

/** Descriptions and directives go: nothing that is checked hangs on them. */
function withoutProse(node: ASTNode): ASTNode {
  return {
    ...node,
    ...('description' in node ? { description: undefined } : {}),
    ...('directives' in node ? { directives: [] } : {}),
  } as ASTNode;
}
