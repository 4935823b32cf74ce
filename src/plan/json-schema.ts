import { z } from 'zod';
import { planSchema } from './schema.ts';

/** JSON Schema (draft-07) of plans as people write them, for editors. The capability's own inputs are checked by the linter. */
export function planJsonSchema(): object {
  const schema = z.toJSONSchema(planSchema, { target: 'draft-7', io: 'input', reused: 'inline' });
  return { ...schema, $id: 'cortex/v1/plan.schema.json', title: 'Cortex plan' };
}
