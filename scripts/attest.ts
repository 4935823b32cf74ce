/**
 * Attests where a file was built, for the release workflow: `node scripts/attest.ts <file>`. Needs `id-token: write` and
 * `attestations: write`; the attestation is kept by GitHub, and `gh attestation verify <file> --owner <owner>` reads it.
 */
import { attestProvenance } from '@actions/attest';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const [file] = process.argv.slice(2);
const token = process.env['GH_TOKEN'];
if (file === undefined || !token) throw new Error('Name a file, and set GH_TOKEN');

const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
const { attestationID: id } = await attestProvenance({ subjectName: basename(file), subjectDigest: { sha256 }, token });
if (id === undefined) throw new Error('GitHub kept no attestation');
console.log(`${basename(file)} (sha256:${sha256}) is attested: ${id}`);
