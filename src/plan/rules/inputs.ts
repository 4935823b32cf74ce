import { capabilityCard } from '../../protocol/capabilities.ts';
import { schemaComplaints } from '../schema-problems.ts';
import type { Rule } from './rule.ts';

/** Inputs are what the capability's own schema accepts. */
export const taskInputs: Rule = ({ tasks }) =>
  tasks.flatMap(({ task, path }) => {
    const card = capabilityCard(task.worker, task.capability);
    return card === undefined ? [] : schemaComplaints(card.inputs, task.inputs, [...path, 'inputs']);
  });
