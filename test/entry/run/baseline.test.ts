import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBaseline } from '../../../src/entry/run/baseline.ts';

describe('the baseline of a run', () => {
  let out = '';
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'cortex-baseline-'));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  const archive = (id: string, text: string): void => {
    const path = join(out, 'archives', id, 'assets.json');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const list = (id: string, hour: number): string =>
    JSON.stringify({ v: 1, execution_id: id, completed_at: `2026-01-01T0${hour}:00:00.000Z`, assets: [] });

  it('is none where there was no run before', () => {
    expect(readBaseline(out, 'own')).toBeUndefined();
  });

  it('is the list of the run that ended last, whatever its name', () => {
    archive('a', list('a', 3));
    archive('z', list('z', 1));
    expect(readBaseline(out, 'own')?.execution_id).toBe('a');
  });

  it('is never the run’s own list: a resumed run compares with what was before it', () => {
    archive('before', list('before', 1));
    archive('own', list('own', 2));
    expect(readBaseline(out, 'own')?.execution_id).toBe('before');
  });

  it.each(['', '{', '{"v":2}', '[]'])('passes over a list that can’t be read: %j', (text) => {
    archive('good', list('good', 1));
    archive('late', text);
    expect(readBaseline(out, 'own')?.execution_id).toBe('good');
  });
});
