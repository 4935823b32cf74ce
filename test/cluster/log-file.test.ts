import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureLines } from '../../src/cluster/log-file.ts';

describe('the log of a worker', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-log-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const capture = async (pieces: readonly (string | Uint8Array)[]): Promise<string> => {
    const path = join(directory, 'logs', 'worker.log');
    const stream = Readable.from(
      pieces.map((piece) => Buffer.from(piece)),
      { objectMode: false },
    );
    await captureLines(path, [stream], { mask: (text) => text.replaceAll('hunter2', '***') });
    return readFileSync(path, 'utf8');
  };

  it('has whole lines, however they came in', async () => {
    expect(await capture(['one\ntw', 'o\n\nthr', 'ee'])).toBe('one\ntwo\n\nthree\n');
  });

  it('has characters whole that came in two pieces', async () => {
    const fox = Buffer.from('🦊');
    expect(await capture([fox.subarray(0, 2), fox.subarray(2)])).toBe('🦊\n');
  });

  it('has a secret masked that came in two pieces', async () => {
    expect(await capture(['a hunt', 'er2 b\n'])).toBe('a *** b\n');
  });

  it('has an endless line in pieces, with nothing lost and no secret cut in two', async () => {
    const filler = 'x'.repeat(64 * 1024);
    const log = await capture([`${filler}hunt`, `er2${filler}`, `hunter2`, `${filler}end`]);
    expect(log.split('\n').length).toBeGreaterThan(2);
    expect(log.replaceAll('\n', '')).toBe(`${filler}***${filler}***${filler}end`);
  });
});
