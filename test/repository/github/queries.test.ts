import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { HostQuestion } from '../../../src/protocol/code-host.ts';
import { deletion, idQuery } from '../../../src/repository/github/branches.ts';
import * as query from '../../../src/repository/github/look-query.ts';

const fixture = join(import.meta.dirname, '..', '..', 'fixtures', 'github', 'schema.graphql');
const schema = buildSchema(readFileSync(fixture, 'utf8'));
const hostile = '"}){ viewer { login } } #\n$x';
const question: HostQuestion = {
  base: null,
  prefix: hostile,
  branches: [],
  results: hostile,
  issueLabel: hostile,
  ownIssues: null,
  labels: [],
  mergedSince: '2026-11-01T00:00:00.000Z',
};

describe("queries, by GitHub's own schema", () => {
  it.each<[string, query.LookQuery]>([
    ['of a whole repository', query.firstLook({ ...question, labels: [hostile, 'b'] }, [hostile, 'b', 'c'], 50)],
    ['of one, for a base by name', query.firstLook({ ...question, base: hostile }, [], 50)],
    ['of more branches', query.refsAfter(hostile, hostile, 50)],
    ['of more issues', query.issuesAfter(hostile, hostile)],
    ['of more comments', query.commentsAfter(7, hostile)],
    ['of the pull requests of branches', query.pullsOf([hostile, 'b'])],
    ['of more pull requests of a branch', query.pullsAfter(hostile, hostile)],
  ])('those %s are valid, and hold no value', (_what, { query: text, variables }) => {
    expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([]);
    expect(text).not.toContain('viewer');
    expect(Object.values(variables).some((value) => String(value).includes(hostile))).toBe(true);
  });

  it.each([
    ['for the id of a repository', idQuery],
    ['that deletes a branch', deletion],
  ])('the one %s is valid', (_what, text) => {
    expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([]);
  });
});
