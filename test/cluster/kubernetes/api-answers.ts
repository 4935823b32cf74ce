import { describe, expect, it } from 'vitest';
import type { ApiUnderTest } from './api-under-test.ts';

const core = '/api/v1/namespaces/cortex-workers';
const failure = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' };
const configMap = (name: string, more: object = {}): object => ({ metadata: { name }, data: { a: 'b' }, ...more });

/** How it answers what it refuses, creates, reads and deletes. */
export function stateAnswers(api: () => ApiUnderTest): void {
  describe('refuses', () => {
    const post = (body: unknown, path = `${core}/configmaps`): ReturnType<ApiUnderTest['send']> =>
      api().send('POST', path, { body });

    it('what is not there', async () => {
      expect(await api().send('GET', `${core}/pods/nope`)).toMatchObject({
        code: 404,
        body: {
          ...failure,
          message: 'pods "nope" not found',
          reason: 'NotFound',
          details: { name: 'nope', kind: 'pods' },
          code: 404,
        },
      });
      expect(await api().send('DELETE', '/apis/batch/v1/namespaces/cortex-workers/jobs/nope')).toMatchObject({
        code: 404,
        body: {
          message: 'jobs.batch "nope" not found',
          details: { name: 'nope', group: 'batch', kind: 'jobs' },
        },
      });
    });

    it('a name that is taken', async () => {
      expect(await post(configMap('taken'))).toMatchObject({ code: 201 });
      expect(await post(configMap('taken'))).toMatchObject({
        code: 409,
        body: {
          ...failure,
          message: 'configmaps "taken" already exists',
          reason: 'AlreadyExists',
          details: { name: 'taken', kind: 'configmaps' },
          code: 409,
        },
      });
    });

    it('names and labels that can’t be', async () => {
      const { code, body } = await post(configMap('Bad_Name'));
      expect(code).toBe(422);
      expect(body).toMatchObject({ ...failure, reason: 'Invalid', code: 422 });
      expect(body.message).toMatch(
        /^ConfigMap "Bad_Name" is invalid: metadata\.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must/,
      );
      expect(body['details']).toMatchObject({
        name: 'Bad_Name',
        kind: 'ConfigMap',
        causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }],
      });
      const labelled = await post({ metadata: { name: 'x', labels: { a: 'b c' } } });
      expect(labelled.body.message).toContain(
        'ConfigMap "x" is invalid: metadata.labels: Invalid value: "b c": a valid label',
      );
      const long = await post({ metadata: { name: 'x', labels: { a: 'b'.repeat(64) } } });
      expect(long.body.message).toContain('must be no more than 63 bytes');
    });

    it('more data than an object may hold', async () => {
      const { code, body } = await post({ metadata: { name: 'large' }, data: { a: 'x'.repeat(1024 * 1024 + 1) } });
      expect(code).toBe(422);
      expect(body.message).toContain('Too long: may not be more than 1048576 bytes');
    });

    it('a namespace that is not there, or another than the path names', async () => {
      expect(await post(configMap('a'), '/api/v1/namespaces/nowhere/configmaps')).toMatchObject({
        code: 404,
        body: { message: 'namespaces "nowhere" not found', details: { name: 'nowhere', kind: 'namespaces' } },
      });
      expect(await post({ metadata: { name: 'a', namespace: 'other' } })).toMatchObject({
        code: 400,
        body: {
          reason: 'BadRequest',
          message: 'the namespace of the provided object does not match the namespace sent on the request',
        },
      });
    });

    it('what it can’t read', async () => {
      expect(await post('{bad')).toMatchObject({ code: 400, body: { reason: 'BadRequest' } });
      expect(await api().send('GET', `${core}/pods?fieldSelector=spec.foo%3D1`)).toMatchObject({
        code: 400,
        body: { message: 'field label not supported: spec.foo' },
      });
      expect(await api().send('GET', `${core}/pods?labelSelector=a%20b%20c`)).toMatchObject({ code: 400 });
    });

    it('paths and methods that it does not serve', async () => {
      expect(await api().send('GET', '/nope')).toMatchObject({ code: 404, text: '404 page not found\n' });
      expect(await api().send('PUT', `${core}/pods`)).toMatchObject({
        code: 405,
        body: { reason: 'MethodNotAllowed', code: 405 },
      });
    });

    it('changes of what can’t be changed, and versions that are old', async () => {
      await post(configMap('frozen', { immutable: true }));
      const patch = { body: { data: { a: 'c' } }, contentType: 'application/merge-patch+json' };
      expect(await api().send('PATCH', `${core}/configmaps/frozen`, patch)).toMatchObject({
        code: 422,
        body: {
          message: 'ConfigMap "frozen" is invalid: data: Forbidden: field is immutable when `immutable` is set',
          details: { causes: [{ reason: 'FieldValueForbidden', field: 'data' }] },
        },
      });
      expect(await api().send('PATCH', `${core}/configmaps/frozen`, { body: {} })).toMatchObject({
        code: 415,
        body: { reason: 'UnsupportedMediaType' },
      });
      const { body } = await post(configMap('changing'));
      const change = { ...body, data: { a: 'd' } };
      expect(await api().send('PUT', `${core}/configmaps/changing`, { body: change })).toMatchObject({ code: 200 });
      expect(await api().send('PUT', `${core}/configmaps/changing`, { body: change })).toMatchObject({
        code: 409,
        body: {
          reason: 'Conflict',
          message:
            'Operation cannot be fulfilled on configmaps "changing": the object has been modified; please apply your changes to the latest version and try again',
        },
      });
    });

    it('a version from the future', async () => {
      expect(await api().send('GET', `${core}/pods?resourceVersion=99999999`)).toMatchObject({
        code: 504,
        body: { reason: 'Timeout', details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } },
      });
    });
  });

  describe('does', () => {
    it('nothing in a dry run but to say what it would', async () => {
      const path = `${core}/configmaps?dryRun=All`;
      const { code, body } = await api().send('POST', path, { body: configMap('dry') });
      expect(code).toBe(201);
      expect(body).toMatchObject({ kind: 'ConfigMap', data: { a: 'b' }, metadata: { name: 'dry' } });
      expect(body.metadata?.resourceVersion).toBeUndefined();
      expect(await api().send('GET', `${core}/configmaps/dry`)).toMatchObject({ code: 404 });
    });

    it('keep what a Secret tells as base64', async () => {
      const secret = { metadata: { name: 'told' }, stringData: { KEY: 'hunter2' } };
      const { body } = await api().send('POST', `${core}/secrets`, { body: secret });
      expect(body).toMatchObject({ type: 'Opaque', data: { KEY: 'aHVudGVyMg==' } });
      expect(body['stringData']).toBeUndefined();
    });

    it('list by labels, page by page, without saying the kind of each', async () => {
      for (const name of ['page-a', 'page-b', 'page-c']) {
        await api().send('POST', `${core}/configmaps`, { body: { metadata: { name, labels: { page: 'yes' } } } });
      }
      const path = `${core}/configmaps?labelSelector=page%3Dyes&limit=2`;
      const first = await api().send('GET', path);
      expect(first.body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
      expect(first.body.items?.map(({ metadata }) => metadata?.name)).toEqual(['page-a', 'page-b']);
      expect(first.body.items?.[0]?.['kind']).toBeUndefined();
      const token = (first.body.metadata as { continue?: string }).continue ?? '';
      const second = await api().send('GET', `${path}&continue=${encodeURIComponent(token)}`);
      expect(second.body.items?.map(({ metadata }) => metadata?.name)).toEqual(['page-c']);
      expect((second.body.metadata as { continue?: string }).continue).toBeUndefined();
    });

    it('say what it deleted', async () => {
      const { body } = await api().send('POST', `${core}/configmaps`, { body: configMap('going') });
      expect(await api().send('DELETE', `${core}/configmaps/going`)).toMatchObject({
        code: 200,
        body: {
          kind: 'Status',
          status: 'Success',
          details: { name: 'going', kind: 'configmaps', uid: body.metadata?.uid },
        },
      });
    });

    it('say what the caller may do', async () => {
      const spec = {
        resourceAttributes: { namespace: 'cortex-workers', verb: 'create', group: 'batch', resource: 'jobs' },
      };
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      expect(await api().send('POST', path, { body: { spec } })).toMatchObject({
        code: 201,
        body: { kind: 'SelfSubjectAccessReview', status: { allowed: true } },
      });
    });

    it('say its version', async () => {
      const { body } = await api().send('GET', '/version');
      expect(body).toMatchObject({ major: '1', minor: '36' });
    });
  });
}
