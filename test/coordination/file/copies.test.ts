import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobPath, fileBlobs } from '../../../src/coordination/file/blobs.ts';
import { cachedBlobs } from '../../../src/coordination/file/cached-blobs.ts';
import { readLongestLog } from '../../../src/coordination/file/copies.ts';
import { openLogCopy } from '../../../src/coordination/file/log-copy.ts';
import type { Event } from '../../../src/protocol/event.ts';
import { sha256 } from '../../../src/shared/canonical.ts';
import { logOf, newEvent } from '../../support/events.ts';

const [first, second, third] = logOf(
  ...['a', 'b', 'c'].map((key) => newEvent('phase.started', { phase: 'report', limitMs: 1 }, key)),
) as [Event, Event, Event];

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cortex-copy-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function copy(path: string, ...events: readonly Event[]): void {
  const opened = openLogCopy(path);
  events.forEach(opened.take);
  opened.close();
}

function linesOf(path: string): readonly unknown[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}

describe('a copy of a log', () => {
  let path = '';
  beforeEach(() => {
    path = join(directory, 'deep', 'events.jsonl');
  });

  it('has each event as it was given, one line each', () => {
    copy(path, first, second);
    expect(linesOf(path)).toEqual([first, second]);
  });

  it('is gone on with where it stands: what it has is not written again', () => {
    copy(path, first, second);
    const again = openLogCopy(path);
    expect(again.found).toBe(2);
    again.close();
    copy(path, first, second, third);
    expect(linesOf(path)).toEqual([first, second, third]);
  });

  it('drops a last line that was cut in its middle, and takes that event anew', () => {
    copy(path, first);
    appendFileSync(path, JSON.stringify(second).slice(0, 20));
    copy(path, first, second);
    expect(linesOf(path)).toEqual([first, second]);
  });

  it.each([
    ['id', { ...first, id: 'phase.started:other' }],
    ['time', { ...first, at: '2026-01-02T03:04:06.000Z' }],
  ])('refuses another log: an event of the same number with another %s', (_what, other) => {
    copy(path, first, second);
    const opened = openLogCopy(path);
    expect(() => opened.take(other)).toThrow(
      expect.objectContaining({
        family: 'outside',
        code: 'store-lost',
        hint: expect.stringContaining('cortex report') as string,
      }),
    );
    opened.close();
    expect(linesOf(path)).toEqual([first, second]);
  });
});

describe('copies of several processes in one folder', () => {
  const ofLeg = (leg: string): string => join(directory, 'legs', leg, 'events.jsonl');
  const ofFolder = (): string => join(directory, 'events.jsonl');

  it('are read as the longest of them, whoever has it', () => {
    copy(ofFolder(), first);
    copy(ofLeg('a'), first, second, third);
    copy(ofLeg('b'), first, second);
    expect(readLongestLog(directory)).toEqual([first, second, third]);
    copy(ofFolder(), first, second, third);
    expect(readLongestLog(directory)).toEqual([first, second, third]);
  });

  it('are found where only a leg has one, and nothing is where nobody has', () => {
    expect(readLongestLog(directory)).toBeUndefined();
    copy(ofLeg('a'), first);
    expect(readLongestLog(directory)).toEqual([first]);
  });

  it('are not read past damage', () => {
    copy(ofLeg('a'), first);
    appendFileSync(ofLeg('a'), 'no event\n');
    expect(() => readLongestLog(directory)).toThrow(expect.objectContaining({ code: 'log-damaged' }));
  });
});

describe('blobs that are kept near', () => {
  const content = 'an artefact';
  const hash = sha256(content);
  let far = '';
  let near = '';
  beforeEach(() => {
    far = join(directory, 'far');
    near = join(directory, 'near');
  });
  const text = async (reading: Promise<Uint8Array>): Promise<string> => Buffer.from(await reading).toString('utf8');
  const loseFar = (): void => rmSync(far, { recursive: true });

  it('lie in both places once they are put', async () => {
    expect(await cachedBlobs(fileBlobs(far), near).putBlob(content)).toBe(hash);
    for (const place of [far, near]) expect(readFileSync(blobPath(place, hash), 'utf8')).toBe(content);
  });

  it('are fetched once: afterwards the far place is not needed', async () => {
    await fileBlobs(far).putBlob(content);
    const blobs = cachedBlobs(fileBlobs(far), near);
    expect(await text(blobs.getBlob(hash))).toBe(content);
    loseFar();
    expect(await text(blobs.getBlob(hash))).toBe(content);
  });

  it('are fetched anew where the near copy was damaged, and mended by that', async () => {
    const blobs = cachedBlobs(fileBlobs(far), near);
    await blobs.putBlob(content);
    appendFileSync(blobPath(near, hash), '!');
    expect(await text(blobs.getBlob(hash))).toBe(content);
    loseFar();
    expect(await text(blobs.getBlob(hash))).toBe(content);
  });

  it('are not kept near when the far place refuses them: only what others can read counts', async () => {
    const refusing = { ...fileBlobs(far), putBlob: () => Promise.reject(new Error('full')) };
    await expect(cachedBlobs(refusing, near).putBlob(content)).rejects.toThrow('full');
    await expect(fileBlobs(near).getBlob(hash)).rejects.toMatchObject({ code: 'blob-missing' });
  });
});
