import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '../../../src/shared/process.ts';

/** A certificate for `localhost` that signs itself: who trusts it must be given it. */
export async function selfSigned(): Promise<{ readonly key: string; readonly cert: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-certificate-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const { code, stderr } = await runProcess({
    command: 'openssl',
    args: `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${key} -out ${cert}`.split(
      ' ',
    ),
    env: { PATH: process.env['PATH'] ?? '' },
    timeoutMs: 30_000,
  });
  if (code !== 0) throw new Error(`openssl: ${stderr.toString('utf8')}`);
  const made = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(folder, { recursive: true });
  return made;
}
