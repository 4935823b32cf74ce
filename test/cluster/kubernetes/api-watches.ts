import { describe, expect, it } from 'vitest';
import type { ApiUnderTest } from './api-under-test.ts';

const core = '/api/v1/namespaces/cortex-workers';
const selected = 'labelSelector=watched%3Dyes';

/** What watches tell, from where on, and when they can't. */
export function stateWatches(api: () => ApiUnderTest): void {
  const send = (method: string, path: string, body?: unknown): ReturnType<ApiUnderTest['send']> =>
    api().send(method, `${core}/configmaps${path}`, { body, contentType: contentTypeOf(method) });
  const version = async (): Promise<string> => (await send('GET', '')).body.metadata?.resourceVersion ?? '';
  const read = async (query: string): Promise<readonly string[]> => {
    const events = await api().watch(`${core}/configmaps?watch=true&${selected}&${query}`);
    return events.map(({ type, object }) => `${type} ${object.metadata?.name ?? String(object['code'])}`);
  };

  describe('a watch', () => {
    it('tells what comes, changes and goes after a version, in order', async () => {
      const from = await version();
      await send('POST', '', { metadata: { name: 'w-a', labels: { watched: 'yes' } } });
      await send('POST', '', { metadata: { name: 'w-b', labels: { watched: 'no' } } });
      await send('PATCH', '/w-a', { data: { a: 'b' } });
      await send('DELETE', '/w-a');
      expect(await read(`resourceVersion=${from}&timeoutSeconds=1`)).toEqual([
        'ADDED w-a',
        'MODIFIED w-a',
        'DELETED w-a',
      ]);
    });

    it('tells what begins and stops to match as coming and going', async () => {
      const from = await version();
      await send('PATCH', '/w-b', { metadata: { labels: { watched: 'yes' } } });
      await send('PATCH', '/w-b', { metadata: { labels: { watched: 'no' } } });
      expect(await read(`resourceVersion=${from}&timeoutSeconds=1`)).toEqual(['ADDED w-b', 'DELETED w-b']);
    });

    it('tells without a version what there is', async () => {
      await send('POST', '', { metadata: { name: 'w-c', labels: { watched: 'yes' } } });
      expect(await read('timeoutSeconds=1')).toEqual(['ADDED w-c']);
    });

    it('ends when its time is over, without a word', async () => {
      const begun = performance.now();
      const from = await version();
      expect(await read(`resourceVersion=${from}&timeoutSeconds=2`)).toEqual([]);
      const tookMs = performance.now() - begun;
      expect(tookMs).toBeGreaterThan(1500);
      expect(tookMs).toBeLessThan(6000);
    });

    it('says by an error event that a version is too old, and goes on from a new list', async () => {
      const from = await version();
      await send('PATCH', '/w-c', { data: { a: 'b' } });
      await api().forget();
      const [event, ...rest] = await api().watch(
        `${core}/configmaps?watch=true&resourceVersion=${from}&timeoutSeconds=5`,
      );
      expect(rest).toEqual([]);
      expect(event).toMatchObject({
        type: 'ERROR',
        object: { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 },
      });
      expect(event?.object.message).toMatch(/^too old resource version: \d+ \(\d+\)$/);
      const now = await version();
      await send('DELETE', '/w-c');
      expect(await read(`resourceVersion=${now}&timeoutSeconds=1`)).toEqual(['DELETED w-c']);
    });
  });
}

function contentTypeOf(method: string): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}
