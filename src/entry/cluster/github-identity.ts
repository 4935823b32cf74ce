import { messageOf, outside, problem } from '../../shared/errors.ts';
import { pause } from '../../shared/pause.ts';
import type { Environment } from '../environment.ts';

const timeoutMs = 20_000;
const tries = 3;

/**
 * Asks GitHub for the identity token of this workflow run (OpenID Connect). The address and the right to ask are in the
 * environment of a job with `id-token: write`. Throws `identity-missing`, `identity-refused`, `identity-unreachable`.
 */
export async function mintIdentity({ url, token }: Environment['identity'], audience: string): Promise<string> {
  if (!url || !token) {
    throw problem('identity-missing', 'This process has no identity of a workflow run', {
      hint: 'Give the job `permissions: { id-token: write }`, and run it on GitHub Actions.',
    });
  }
  const address = new URL(url);
  address.searchParams.set('audience', audience);
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await ask(address, token);
    if ('value' in outcome) return outcome.value;
    if (!outcome.passing || attempt === tries) throw outcome.error;
    await pause(500 * 2 ** attempt);
  }
}

type Answer = { readonly value: string } | { readonly error: Error; readonly passing: boolean };

async function ask(address: URL, token: string): Promise<Answer> {
  try {
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok)
      return { error: refused(response.status), passing: response.status >= 500 || response.status === 429 };
    const { value } = (await response.json()) as { value?: unknown };
    if (typeof value === 'string' && value !== '') return { value };
    return { error: refused(response.status), passing: false };
  } catch (error) {
    const unreachable = outside('identity-unreachable', `GitHub gave no identity token: ${messageOf(error)}`, {
      hint: 'Try again later.',
      retryable: true,
      cause: error,
    });
    return { error: unreachable, passing: true };
  }
}

function refused(status: number): Error {
  return problem('identity-refused', `GitHub refused an identity token (HTTP ${status})`, {
    hint: 'The right to ask lasts as long as the job: check `permissions: { id-token: write }`.',
  });
}
