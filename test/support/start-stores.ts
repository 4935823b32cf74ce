import type { TestProject } from 'vitest/node';
import { hasEngine, startServer, type Engine, type StoreServer } from './redis-servers.ts';
import type { TestStore } from './stores.ts';

const engines: readonly Engine[] = ['redis', 'valkey'];

/**
 * Starts one server of each engine for all tests. REDIS_URL names another to use as `redis`; CORTEX_REQUIRE lists the
 * engines without which the tests must not pass.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { REDIS_URL: given, CORTEX_REQUIRE: required = '' } = process.env;
  const servers: StoreServer[] = [];
  const found: TestStore[] = [];
  for (const name of engines) {
    if (name === 'redis' && given) found.push({ name, url: given });
    else if (hasEngine(name)) {
      const server = await startServer(name);
      servers.push(server);
      found.push({ name, url: server.url });
    } else if (required.split(',').includes(name)) throw new Error(`${name}-server is required, and not installed`);
    else process.stdout.write(`${name}-server is not installed: what needs it is not tested\n`);
  }
  project.provide('stores', found);
  return async () => {
    for (const server of servers) await server.remove();
  };
}
