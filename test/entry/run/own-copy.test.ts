import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileBlobs } from '../../../src/coordination/file/blobs.ts';
import { readLongestLog } from '../../../src/coordination/file/copies.ts';
import { hasCopy, openOwnCopy, type OwnCopy } from '../../../src/entry/run/own-copy.ts';
import { runPaths } from '../../../src/entry/run/paths.ts';
import type { Event } from '../../../src/protocol/event.ts';
import { canonicalJson, sha256 } from '../../../src/shared/canonical.ts';
import { completed, executionId as id, logOf, started } from '../../support/events.ts';
import { resultWith } from '../../support/scripted-worker.ts';

const evidence = 'what the tool said';
const result = canonicalJson(
  resultWith({
    evidence: [{ sha256: sha256(evidence), title: 'Output', mediaType: 'text/plain', bytes: evidence.length }],
  }),
);
const [began, done] = logOf(started(), completed('scan', { result: sha256(result) })) as [Event, Event];

describe('what a process keeps of a shared execution', () => {
  let directory = '';
  let out = '';
  let far = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-own-'));
    out = join(directory, 'out');
    far = join(directory, 'far');
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const open = (leg: string): OwnCopy => openOwnCopy(fileBlobs(far), { out, id, leg });
  const logOfFolder = (): readonly Event[] | undefined => readLongestLog(runPaths(out, id).store);

  it('is the log, as far as it came', async () => {
    expect(hasCopy(out, id)).toBe(false);
    const copy = open('a');
    copy.take(began);
    await copy.close();
    expect([hasCopy(out, id), logOfFolder()]).toEqual([true, [began]]);
  });

  it('lies beside that of another process of the same folder', async () => {
    const first = open('a');
    const second = open('b');
    first.take(began);
    for (const event of [began, done]) second.take(event);
    expect(logOfFolder()).toEqual([began, done]);
    await Promise.all([first.close(), second.close()]);
    // The first has let go of the usual place: who comes next goes on there.
    const third = open('c');
    expect(() => third.take({ ...began, id: 'another' })).toThrow(expect.objectContaining({ code: 'store-lost' }));
    await third.close();
  });

  it('is the results of completed tasks, with their evidence, when the store is gone', async () => {
    for (const content of [result, evidence]) await fileBlobs(far).putBlob(content);
    const copy = open('a');
    copy.keepResult(done);
    await copy.close();
    rmSync(far, { recursive: true });
    const near = fileBlobs(runPaths(out, id).blobs);
    for (const content of [result, evidence])
      expect(Buffer.from(await near.getBlob(sha256(content))).toString('utf8')).toBe(content);
  });

  it('does without a result that can’t be fetched', async () => {
    const copy = open('a');
    copy.keepResult(done);
    await copy.close();
    await expect(fileBlobs(runPaths(out, id).blobs).getBlob(sha256(result))).rejects.toMatchObject({
      code: 'blob-missing',
    });
  });
});
