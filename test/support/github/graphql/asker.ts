import type { Token } from '../tokens.ts';
import type { Repository, World } from '../world.ts';

/** Who asks, and of what: every resolver gets it. */
export interface Asker {
  readonly world: World;
  readonly token: Token;
  readonly cost: { readonly points: number; readonly nodes: number };
  readonly nodes: Nodes;
}

/** Nodes that lead back to where one came from: given here, so that no module has to import its importer. */
export interface Nodes {
  readonly repository: (world: World, repository: Repository) => unknown;
  readonly ref: (world: World, repository: Repository, at: { readonly ref: string }) => unknown;
}
