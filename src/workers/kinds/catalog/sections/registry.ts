import type { CatalogSection } from '../../../../protocol/capabilities.ts';
import type { ReadSection } from '../source.ts';
import { readComponents } from './components.ts';
import { readImages } from './images.ts';
import { readInfrastructure } from './infrastructure.ts';
import { readInterfaces } from './interfaces.ts';
import { readMonitoring } from './monitoring.ts';
import { readOwners } from './owners.ts';
import { readWorkflows } from './workflows.ts';
import { readWorkloads } from './workloads.ts';

/** Every section of the catalog. A new one: its name in `protocol/capabilities.ts`, one file, one line here. */
export const sectionReaders: { readonly [S in CatalogSection]: ReadSection } = {
  components: readComponents,
  interfaces: readInterfaces,
  workloads: readWorkloads,
  images: readImages,
  workflows: readWorkflows,
  infrastructure: readInfrastructure,
  monitoring: readMonitoring,
  owners: readOwners,
};
