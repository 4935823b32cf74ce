import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { print } from 'graphql';
import { restSubset, type OpenApi } from './github-contract/rest.ts';
import { schemaSubset } from './github-contract/graphql.ts';

/**
 * Writes the part of GitHub's own descriptions that the tests hold both sides to:
 * `node scripts/github-contract.ts <node_modules with @octokit/openapi 23.0.2 and @octokit/graphql-schema 15.26.1>`.
 */
const [packages] = process.argv.slice(2);
if (packages === undefined) throw new Error('give the node_modules folder that holds the two packages');

const target = join(import.meta.dirname, '..', 'test', 'fixtures', 'github');
mkdirSync(target, { recursive: true });

const description = readFileSync(join(packages, '@octokit/openapi/generated/api.github.com.json'), 'utf8');
const rest = `${JSON.stringify(restSubset(JSON.parse(description) as OpenApi))}\n`;
writeFileSync(join(target, 'rest-contract.json'), rest);

const schema = readFileSync(join(packages, '@octokit/graphql-schema/schema.graphql'), 'utf8');
const graphql = `${print(schemaSubset(schema))}\n`;
writeFileSync(join(target, 'schema.graphql'), graphql);

console.log(`rest-contract.json: ${rest.length} bytes; schema.graphql: ${graphql.length} bytes`);
