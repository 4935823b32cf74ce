import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { parseQuantity } from '../../src/cluster/kubernetes/observe/quantities.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import { allTasks, type Plan, type Resources } from '../../src/plan/plan.ts';
import { deployFolder } from './deployed.ts';

const amounts = z.record(z.string(), z.string());
const limitsSchema = z.tuple([
  z.object({ spec: z.object({ hard: amounts }) }),
  z.object({ spec: z.object({ limits: z.tuple([z.object({ default: amounts, max: amounts })]) }) }),
]);

function readLimits(): { readonly quota: Amounts; readonly most: Amounts } {
  const text = readFileSync(join(deployFolder, 'workers', 'limits.yaml'), 'utf8');
  const [quota, range] = limitsSchema.parse(parseAllDocuments(text).map((each) => each.toJS() as unknown));
  return { quota: numbers(quota.spec.hard), most: numbers(range.spec.limits[0].max) };
}

type Amounts = (name: string) => number;

const numbers =
  (texts: Readonly<Record<string, string>>): Amounts =>
  (name) =>
    parseQuantity(texts[name] ?? '');

function fullPlan(): Plan {
  const path = join(deployFolder, '..', 'plans', 'full-orchestration.yaml');
  const outcome = parsePlan(readFileSync(path), path);
  if ('problems' in outcome) throw new Error('the full plan is not valid');
  return outcome.plan;
}

describe('the limits of the namespace of workers', () => {
  const plan = fullPlan();
  const { quota, most } = readLimits();
  const sum = (part: keyof Resources): number =>
    allTasks(plan).reduce((total, { resources }) => total + resources[part], 0);

  it('are the quota that the full plan says', () => {
    expect({
      pods: quota('pods'),
      cpuMillicores: quota('requests.cpu') * 1000,
      memoryBytes: quota('requests.memory'),
    }).toEqual(plan.cluster.quota);
  });

  it('have room for all of its workers at once, and for each alone', () => {
    expect(allTasks(plan).length).toBeLessThanOrEqual(quota('pods'));
    expect(sum('cpuMillicores')).toBeLessThanOrEqual(quota('requests.cpu') * 1000);
    for (const side of ['requests', 'limits']) {
      expect(sum('memoryBytes')).toBeLessThanOrEqual(quota(`${side}.memory`));
      expect(sum('diskBytes')).toBeLessThanOrEqual(quota(`${side}.ephemeral-storage`));
    }
    for (const { resources } of allTasks(plan)) {
      expect(resources.memoryBytes).toBeLessThanOrEqual(most('memory'));
      expect(resources.diskBytes).toBeLessThanOrEqual(most('ephemeral-storage'));
    }
  });

  it('have room for every attempt of four runs in the hour that finished Jobs are kept', () => {
    const attempts = allTasks(plan).reduce((total, { retries }) => total + 1 + retries, 0);
    expect(quota('count/jobs.batch')).toBeGreaterThanOrEqual(4 * attempts);
  });

  it('leave the reaper small enough for what `kubectl apply` writes of it into an annotation', () => {
    expect(statSync(join(deployFolder, 'reaper', 'gc.mjs')).size).toBeLessThan(200 * 1024);
  });
});
