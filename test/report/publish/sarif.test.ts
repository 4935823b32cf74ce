import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/protocol/finding.ts';
import { severities, type Severity } from '../../../src/protocol/words.ts';
import { lostAlert, whyIncomplete } from '../../../src/report/publish/findings-complete.ts';
import { sarifOf } from '../../../src/report/publish/sarif.ts';
import { sha256 } from '../../../src/shared/canonical.ts';
import { taskWith } from '../../support/report-parts.ts';

/** The constraints of SARIF 2.1.0 and of code scanning that our files could break. */
const shape = new Ajv({ allErrors: true }).compile({
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: {
        type: 'object',
        required: ['tool', 'results', 'automationDetails'],
        properties: {
          automationDetails: {
            type: 'object',
            required: ['id'],
            properties: { id: { type: 'string', pattern: '^[!-~]+/$' } },
          },
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name', 'rules'],
                properties: {
                  rules: {
                    type: 'array',
                    items: {
                      type: 'object',
                      required: ['id', 'shortDescription', 'help'],
                      properties: { id: { type: 'string', minLength: 1, maxLength: 255 } },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: 'array',
            maxItems: 25000,
            items: {
              type: 'object',
              required: ['ruleId', 'ruleIndex', 'message', 'locations', 'partialFingerprints', 'level'],
              properties: {
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: { type: 'object', required: ['text'], properties: { text: { type: 'string', minLength: 1 } } },
                locations: {
                  type: 'array',
                  minItems: 1,
                  items: {
                    type: 'object',
                    required: ['physicalLocation'],
                    properties: {
                      physicalLocation: {
                        type: 'object',
                        required: ['artifactLocation', 'region'],
                        properties: {
                          artifactLocation: {
                            type: 'object',
                            properties: { uri: { type: 'string', pattern: '^(?!/|\\.\\./)[!-~]+$' } },
                          },
                          region: {
                            type: 'object',
                            properties: {
                              startLine: { type: 'integer', minimum: 1 },
                              startColumn: { type: 'integer', minimum: 1 },
                            },
                          },
                        },
                      },
                    },
                  },
                },
                suppressions: {
                  type: 'array',
                  items: {
                    type: 'object',
                    required: ['kind'],
                    properties: { kind: { enum: ['inSource', 'external'] } },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
});

function finding(name: string, change: Partial<Finding> = {}): Finding {
  return {
    fingerprint: sha256(name),
    ruleId: 'workflows/no-timeout',
    tool: { name: 'cortex-workflows', version: '1' },
    severity: 'medium',
    confidence: 'high',
    subject: '.github/workflows/ci.yml#jobs.build',
    message: `The job ${name} has no time limit`,
    remedy: 'Set timeout-minutes.',
    location: { path: '.github/workflows/ci.yml', line: 7, column: 3 },
    basis: 'measured',
    ...change,
  };
}

interface Parsed {
  readonly runs: readonly {
    readonly automationDetails: { readonly id: string };
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly partialFingerprints: Readonly<Record<string, string>>;
      readonly suppressions?: readonly { readonly justification: string }[];
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
      }[];
    }[];
  }[];
}

/** A thousand characters that nothing packs well. */
const noise = (seed: number): string => Array.from({ length: 16 }, (_, index) => sha256(`${seed} ${index}`)).join('');

const about = { version: '1.2.3' };
const written = (
  findings: readonly Finding[],
  more: {
    readonly plan?: string;
    readonly silenced?: readonly Finding[];
    readonly limits?: Parameters<typeof sarifOf>[1]['limits'];
  } = {},
): { parsed: Parsed; text: string; leftOut: number } => {
  const report = {
    plan: { name: more.plan ?? 'nightly', file: 'plans/nightly.yaml', digest: sha256('plan') },
    findings: findings.map((each) => ({ ...each, task_id: 'scan' })),
    silenced: (more.silenced ?? []).map((each) => ({
      finding: each,
      reason: 'a fixture',
      by: 'ci.yml:3',
      task_id: 'scan',
    })),
  };
  const made = sarifOf(report, { ...about, ...(more.limits ? { limits: more.limits } : {}) });
  return { ...made, parsed: JSON.parse(made.text) as Parsed };
};

describe('findings as SARIF', () => {
  it('have rule, level, place and the fingerprint that survives moves', () => {
    const { parsed } = written([finding('build')]);
    expect(shape(parsed), JSON.stringify(shape.errors)).toBe(true);
    const [result] = parsed.runs[0]?.results ?? [];
    expect(result).toMatchObject({ ruleId: 'workflows/no-timeout', ruleIndex: 0, level: 'warning' });
    expect(result?.partialFingerprints).toEqual({ 'cortexFinding/v1': sha256('build') });
    expect(result?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('.github/workflows/ci.yml');
  });

  it.for([
    ['critical', 'error'],
    ['high', 'error'],
    ['medium', 'warning'],
    ['low', 'note'],
    ['info', 'note'],
  ] as const)('of severity %s have the level %s', ([severity, level]) => {
    expect(written([finding('a', { severity })]).parsed.runs[0]?.results[0]?.level).toBe(level);
  });

  it('that people have silenced are there, with the reason', () => {
    const { parsed } = written([], { silenced: [finding('quiet')] });
    expect(parsed.runs[0]?.results[0]?.suppressions?.[0]?.justification).toBe('a fixture (ci.yml:3)');
    expect(shape(parsed)).toBe(true);
  });

  it('name each rule once, and each result its own', () => {
    const ids = ['workflows/no-timeout', 'secrets/github-token', 'workflows/no-timeout'];
    const { parsed } = written(ids.map((ruleId, index) => finding(`f${index}`, { ruleId })));
    const [run] = parsed.runs;
    expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(['secrets/github-token', 'workflows/no-timeout']);
    for (const result of run?.results ?? []) expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
  });

  it('are the same bytes in whatever order they come', () => {
    const all = ['a', 'b', 'c', 'd'].map((name) => finding(name));
    expect(written(all).text).toBe(written([...all].reverse()).text);
  });

  it('are cut at the number that code scanning takes, the least severe first', () => {
    const all = [finding('low', { severity: 'low' }), finding('worst', { severity: 'critical' }), finding('mid')];
    const { parsed, leftOut } = written(all, { limits: { results: 2 } });
    expect(parsed.runs[0]?.results.map(({ level }) => level)).toEqual(['error', 'warning']);
    expect(leftOut).toBe(1);
    expect(written(all, { limits: { results: 3 } }).leftOut).toBe(0);
  });

  it('are cut at the size that they have packed', () => {
    const all = Array.from({ length: 200 }, (_, index) => finding(`f${index}`));
    const whole = gzipSync(written(all).text).length;
    expect(written(all, { limits: { bytes: whole } }).leftOut).toBe(0);
    const cut = written(all, { limits: { bytes: whole - 1 } });
    expect(cut.leftOut).toBeGreaterThan(0);
    expect(gzipSync(cut.text).length).toBeLessThan(whole);
  });

  it('keep to the real limits, in number and in bytes that hardly pack', () => {
    const all = Array.from({ length: 25_001 }, (_, index) => finding(`f${index}`, { message: noise(index) }));
    const { parsed, text, leftOut } = written(all);
    expect(parsed.runs[0]?.results.length).toBe(25_001 - leftOut);
    expect(leftOut).toBeGreaterThan(1);
    expect(gzipSync(text).length).toBeLessThanOrEqual(10_000_000);
    expect(written(all.map((each) => ({ ...each, message: 'm' }))).leftOut).toBe(1);
  });

  it('are valid whatever they say and wherever they are', () => {
    const anyFinding = fc.record({
      name: fc.string(),
      message: fc.string({ minLength: 1 }),
      path: fc.string({ minLength: 1, unit: 'binary' }),
      line: fc.integer({ min: 1, max: 1e6 }),
      severity: fc.constantFrom(...severities) as fc.Arbitrary<Severity>,
      hasPlace: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyFinding, { maxLength: 20 }), (all) => {
        const { parsed } = written(
          all.map(({ name, message, path, line, severity, hasPlace }) => {
            const { location: _, ...rest } = finding(name, { message, severity, subject: path });
            return hasPlace ? { ...rest, location: { path: path.replace(/^\/+/, 'x'), line } } : rest;
          }),
        );
        expect(shape(parsed), JSON.stringify(shape.errors)).toBe(true);
      }),
    );
  });
});

describe('the analysis that findings belong to', () => {
  it('is one for each plan, so that none closes the alerts of another', () => {
    const ids = ['security-nightly', 'inventory-weekly'].map(
      (plan) => written([finding('a')], { plan }).parsed.runs[0]?.automationDetails.id,
    );
    expect(ids).toEqual(['cortex/security-nightly/', 'cortex/inventory-weekly/']);
  });

  it('is the same for every execution of a plan, whatever it finds', () => {
    const [none, some] = [[], [finding('a')]].map((all) => written(all).parsed.runs[0]?.automationDetails);
    expect([none, some]).toEqual([{ id: 'cortex/nightly/' }, { id: 'cortex/nightly/' }]);
  });
});

const scan = { id: 'scan', needs: [], worker: 'scan-worker', capability: 'secrets' } as const;
const count = { id: 'count', needs: ['scan'], worker: 'test-worker', capability: 'inventory' } as const;
const write = { id: 'write', needs: [], worker: 'test-worker', capability: 'write-tests' } as const;
const review = { id: 'review', needs: [], worker: 'review-worker', capability: 'change' } as const;
const whole = [scan, count, write, review];

const ended = (change: Partial<ReturnType<typeof taskWith>> & { readonly task_id: string }) =>
  taskWith({ status: 'complete', result_status: 'done', unread: 0, ...change });
const allDone = whole.map(({ id }) => ended({ task_id: id }));
const but = (id: string, change: Partial<ReturnType<typeof taskWith>>) =>
  allDone.map((task) => (task.task_id === id ? { ...task, ...change } : task));

describe('findings that are not all', () => {
  it.for([
    ['partial', 'the execution is partial'],
    ['failed', 'the execution is failed'],
    ['cancelled', 'the execution is cancelled'],
  ] as const)('are those of an execution that ended %s', ([status, why]) => {
    expect(whyIncomplete({ status, tasks: allDone }, whole)).toBe(why);
  });

  it.for([
    ['was not among the chosen masters', allDone.filter(({ task_id: id }) => id !== 'count'), 'count'],
    ['was done in part', but('count', { result_status: 'partial' }), 'count'],
    ['has not ended', but('count', { status: 'pending', result_status: null }), 'count'],
    ['needs one that was done in part', but('scan', { result_status: 'partial' }), 'scan, count'],
  ] as const)('are those of a task that %s', ([, tasks, names]) => {
    expect(whyIncomplete({ status: 'complete', tasks }, whole)).toBe(`not done in full: ${names}`);
  });

  it.for([
    ['all is done', allDone],
    [
      'a task was skipped for want of a model',
      but('count', { status: 'skipped', result_status: null, missing: 'model' }),
    ],
    ['only what proposes changes came to nothing', but('write', { result_status: 'partial' })],
    ['files could not be read, which are looked at apart', but('count', { result_status: 'partial', unread: 1 })],
    ['only a review was cut off', but('review', { result_status: 'partial' })],
  ] as const)('are none where %s', ([, tasks]) => {
    expect(whyIncomplete({ status: 'complete', tasks }, whole)).toBeUndefined();
  });

  it('names the first tasks, and how many more there are', () => {
    const many = Array.from({ length: 7 }, (_, index) => ({ ...scan, id: `t${index}` }));
    expect(whyIncomplete({ status: 'complete', tasks: [] }, many)).toBe(
      'not done in full: t0, t1, t2, t3, t4 and 2 more',
    );
  });
});

describe('an open alert', () => {
  const report = {
    unread: [{ task_id: 'scan', path: 'src/large.js', reason: 'larger than 1 MiB' }],
    left_out: [{ path: 'vendor', reason: 'too many files' }],
    findings: [
      { ...finding('a', { ruleId: 'test/found', location: { path: 'src/large.js', line: 1 } }), task_id: 'scan' },
    ],
  };

  it.for([
    ['in a file that was not read', 'test/bad src/large.js', true],
    ['in a folder that was left out', 'test/bad vendor/a/b.js', true],
    ['that another task has found again', 'test/found src/large.js', false],
    ['in a file beside one', 'test/bad src/large.js.map', false],
    ['in a folder with a longer name', 'test/bad vendored/a.js', false],
  ] as const)('%s would be lost: %s', ([, alert, isLost]) => {
    const [rule = '', path = ''] = alert.split(' ');
    expect(
      lostAlert(
        [
          { rule: 'test/bad', path: 'src/a.js' },
          { rule, path },
        ],
        report,
      ),
    ).toBe(isLost ? path : undefined);
  });
});
