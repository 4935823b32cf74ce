import { describe, expect, it } from 'vitest';
import { scanInputs } from '../../../../src/protocol/capabilities.ts';
import { sha256 } from '../../../../src/shared/canonical.ts';
import { scanSecretsCapability } from '../../../../src/workers/kinds/scan/secrets.ts';
import { plantedSecrets } from '../../../support/planted-secrets.ts';
import { testWork } from '../../../support/work-context.ts';

const token = plantedSecrets().find((planted) => planted.id === 'npm-token')?.secret ?? '';
const files = { 'a.txt': `x ${token}`, 'b.txt': 'nothing', 'huge.txt': 'a'.repeat(1024 * 1024 + 1) };

function work(world: Readonly<Record<string, string>>): ReturnType<typeof testWork<{ paths: string[] }>> {
  return testWork({ kind: 'scan-worker', capability: 'secrets', inputs: scanInputs.secrets.parse({}), files: world });
}

describe('scan-worker secrets', () => {
  it('returns findings, what it could not read, and numbers with their evidence', async () => {
    const { context, evidence } = work(files);
    const done = await scanSecretsCapability(context);
    const [hash] = [...evidence.keys()];
    const proof = { subject: 'example/repository', evidence: hash };
    expect(done.findings).toMatchObject([{ ruleId: 'secrets/npm-token' }]);
    expect(done.unread).toEqual([{ path: 'huge.txt', reason: 'larger than 1048576 bytes' }]);
    expect(done.measurements).toEqual([
      { name: 'secrets.files-scanned', value: 2, unit: 'files', ...proof },
      { name: 'secrets.findings', value: 1, unit: 'findings', ...proof },
    ]);
    expect(done.summary).toBe('2 files scanned for credentials, 1 found, 1 could not be read');
  });

  it('keeps as evidence what was scanned, by hash, and no secret', async () => {
    const { context, evidence } = work(files);
    await scanSecretsCapability(context);
    const [document] = [...evidence.values()];
    expect(JSON.parse(document?.text ?? '')).toMatchObject({
      findingsByRule: { 'secrets/npm-token': 1 },
      scanned: [
        { path: 'a.txt', sha256: sha256(files['a.txt']) },
        { path: 'b.txt', sha256: sha256('nothing') },
      ],
      unread: [{ path: 'huge.txt' }],
    });
    expect(document?.text).not.toContain(token.slice(4));
  });

  it('gives the same bytes for the same tree', async () => {
    const [first, second] = [work(files), work(files)];
    expect(await scanSecretsCapability(first.context)).toEqual(await scanSecretsCapability(second.context));
    expect([...first.evidence]).toEqual([...second.evidence]);
  });

  it('says that nothing was found where nothing is', async () => {
    const done = await scanSecretsCapability(work({ 'a.txt': 'x' }).context);
    expect(done.summary).toBe('1 files scanned for credentials, 0 found');
    expect(done.findings).toEqual([]);
  });
});
