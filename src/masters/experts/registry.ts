import type { MasterName } from '../../protocol/words.ts';
import { coordinatorExpert } from './coordinator.ts';
import { securityExpert } from './security.ts';
import { developmentExpert } from './development.ts';
import { inventoryExpert } from './inventory.ts';
import { cicdExpert } from './cicd.ts';
import { testingExpert } from './testing.ts';
import { monitoringExpert } from './monitoring.ts';
import type { Expert } from './expert.ts';

/** One card per master, exhaustively. */
export const experts: { readonly [M in MasterName]: Expert } = {
  'coordinator-master': coordinatorExpert,
  'security-master': securityExpert,
  'development-master': developmentExpert,
  'inventory-master': inventoryExpert,
  'cicd-master': cicdExpert,
  'testing-master': testingExpert,
  'monitoring-master': monitoringExpert,
};
