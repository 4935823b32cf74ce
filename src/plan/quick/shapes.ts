import { capabilities } from '../../protocol/capabilities.ts';
import type { CapabilityCard } from '../../protocol/capabilities.ts';
import { planSchema } from '../schema.ts';
import type { Shape } from './shape.ts';
import { shapeOf } from './shape-of.ts';

/** Shapes of a plan, and of what each capability is given, by `<kind>/<capability>`. */
export interface Shapes {
  readonly plan: Shape;
  readonly inputs: Readonly<Record<string, Shape>>;
}

/** A bundle holds them as data: whoever reads a plan that is right needs no schema (scripts/build.ts). */
export const shapes: Shapes = { plan: shapeOf(planSchema), inputs: Object.fromEntries(inputShapes()) };

function inputShapes(): readonly (readonly [string, Shape])[] {
  const kinds: readonly (readonly [string, Readonly<Record<string, CapabilityCard>>])[] = Object.entries(capabilities);
  return kinds.flatMap(([kind, cards]) =>
    Object.entries(cards).map(([name, card]) => [`${kind}/${name}`, shapeOf(card.inputs)] as const),
  );
}
