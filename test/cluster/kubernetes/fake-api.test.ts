import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterGate } from '../../support/clusters.ts';
import { openFake, openReal, type ApiUnderTest } from './api-under-test.ts';
import { stateAnswers } from './api-answers.ts';
import { stateDeletions } from './api-deletions.ts';
import { stateJobs } from './api-jobs.ts';
import { stateQuotas } from './api-quotas.ts';
import { stateWatches } from './api-watches.ts';

/** What holds of the real API server holds of the fake: each statement is made of both. */
function statements(name: string, open: () => Promise<ApiUnderTest>): void {
  describe(`${name}, as an API server`, () => {
    let api: ApiUnderTest;
    beforeAll(async () => {
      api = await open();
    }, 120_000);
    afterAll(() => api?.close());

    stateAnswers(() => api);
    stateJobs(() => api);
    stateDeletions(() => api);
    stateQuotas(() => api);
    stateWatches(() => api);

    it('is ready', async () => {
      expect(await api.send('GET', '/readyz')).toMatchObject({ code: 200, text: 'ok' });
    });
  });
}

statements('the fake', openFake);

const gate = clusterGate();
describe.skipIf(gate.skip)(`beside it${gate.note}`, () => {
  statements('the real one', openReal);
});
