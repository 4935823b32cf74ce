import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { masterNames } from '../../src/protocol/words.ts';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { projectRoot, readResults } from '../support/journey.ts';
import { stores } from '../support/stores.ts';
import { contentOf, scriptedWorld, type ScriptedWorld } from '../support/resumed-run.ts';
import { freshId, readCopies, scriptedFlags, startSeven } from '../support/shared-run.ts';
import { shopFiles } from '../support/shop.ts';

const fullPlan = readFileSync(join(projectRoot, 'plans', 'full-orchestration.yaml'), 'utf8');
const alone = 'CORTEX-EXEC-ALONE';

/** What was found, catalogued and proposed, as the results document has it. */
function found(out: string, id: string): unknown {
  const { findings, changes } = readResults(out, id);
  const assets = JSON.parse(readFileSync(join(out, 'archives', id, 'assets.json'), 'utf8')) as { assets: unknown };
  return { findings, changes, assets: assets.assets };
}

function runAlone(world: ScriptedWorld, flags: readonly string[]): Promise<CliOutcome> {
  return runCli(['run', 'plans/scripted.yaml', '--id', alone, ...flags], { cwd: world.path });
}

describe.each(stores())('seven processes over $name', ({ url }) => {
  describe('with real workers', () => {
    const world = scriptedWorld(fullPlan, shopFiles);
    const id = freshId();
    let legs: readonly CliOutcome[] = [];

    beforeAll(async () => {
      await runAlone(world, []);
      legs = await startSeven({ url, id, path: world.path, flags: ['--lease', '10s', '--leg-wait', '30s'] });
    });
    afterAll(world.remove);

    it('each ends well', () => {
      for (const leg of legs) expect(leg).toMatchObject({ code: 0, stderr: '' });
    });

    it('find, catalogue and propose what one process does, byte for byte', () => {
      const expected = found(world.out, alone) as { findings: unknown[]; changes: unknown[]; assets: unknown[] };
      expect(JSON.stringify(found(world.out, id))).toBe(JSON.stringify(expected));
      for (const list of Object.values(expected)) expect(list.length).toBeGreaterThan(0);
    });

    it('each run the master that they were started for, and no other', () => {
      const joined = readCopies(world.out, id).flatMap((event) => (event.type === 'leg.joined' ? [event.data] : []));
      expect(joined.flatMap(({ masters }) => masters).sort()).toEqual([...masterNames].sort());
      expect(readCopies(world.out, id).filter((event) => event.type === 'master.adopted')).toEqual([]);
    });

    it('measure what the store takes, and hold it against the plan', () => {
      const { criteria } = readResults(world.out, id) as { criteria: { id: string; facts: Record<string, unknown> }[] };
      const { facts } = criteria.find((each) => each.id === 'redis-latency') ?? {};
      expect(facts?.['redis.latency_ms']).toBeGreaterThan(0);
    });
  });

  describe('with the worker that reports tokens', () => {
    const world = scriptedWorld(fullPlan);
    const id = freshId();

    beforeAll(async () => {
      await runAlone(world, scriptedFlags);
      // The coordinator comes first here, and the others in no order of the plan.
      await startSeven({ url, id, path: world.path }, [...masterNames].reverse());
    });
    afterAll(world.remove);

    it('come to the same findings, changes, tasks and books as one process', () => {
      expect(contentOf(world.out, id)).toBe(contentOf(world.out, alone));
    });
  });
});
