import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkExecutionId, claimExecutionId, clockId } from '../../../src/entry/run/execution-id.ts';

describe('the id of an execution', () => {
  let executions = '';
  beforeEach(() => {
    executions = mkdtempSync(join(tmpdir(), 'cortex-ids-'));
  });
  afterEach(() => rmSync(executions, { recursive: true, force: true }));

  it('is the second in which it began, in UTC', () => {
    expect(clockId(Date.parse('2026-11-23T16:00:05.999Z'))).toBe('CORTEX-EXEC-2026-11-23-160005');
  });

  it('is never used twice: who comes in the same second waits for the next', async () => {
    const now = Date.now();
    let ms = Math.floor(now / 1000) * 1000 + 950;
    const clock = (): number => (ms += 50);
    const ids = [
      await claimExecutionId(executions, undefined, () => ms),
      await claimExecutionId(executions, undefined, clock),
    ];
    expect(new Set(ids).size).toBe(2);
    expect(readdirSync(executions).toSorted()).toEqual(ids.toSorted());
  });

  it('that somebody asks for is refused when it was used', async () => {
    const wanted = 'CORTEX-EXEC-RELEASE-1';
    expect(await claimExecutionId(executions, wanted, Date.now)).toBe(wanted);
    await expect(claimExecutionId(executions, wanted, Date.now)).rejects.toMatchObject({
      family: 'problem',
      code: 'execution-id-used',
    });
  });

  it.each([
    '',
    'CORTEX-EXEC-',
    '../CORTEX-EXEC-1',
    'CORTEX-EXEC-../1',
    'CORTEX-EXEC-a',
    `CORTEX-EXEC-${'1'.repeat(80)}`,
    'CORTEX-EXEC-1\n',
  ])('that is not one is refused: %j', (id) => {
    expect(() => checkExecutionId(id)).toThrow(
      expect.objectContaining({ family: 'problem', code: 'bad-execution-id' }),
    );
  });

  it('can’t be claimed in a folder that is a file', async () => {
    writeFileSync(join(executions, 'file'), '');
    await expect(claimExecutionId(join(executions, 'file'), undefined, Date.now)).rejects.toMatchObject({
      family: 'problem',
      code: 'out-not-writable',
    });
  });
});
