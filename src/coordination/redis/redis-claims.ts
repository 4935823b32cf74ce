import { compareText } from '../../shared/canonical.ts';
import type { Claim, Store } from '../store.ts';
import type { OwnData } from './own-events.ts';
import type { Steps } from './steps.ts';
import { uniqueToken } from './token.ts';

/** The claims of a store, each verb one step. */
export function redisClaims(steps: Steps, dataOf: OwnData): Pick<Store, 'claim' | 'renew' | 'release' | 'claims'> {
  return {
    claim: async (name, owner, leaseMs) => {
      const data = dataOf('claim.taken', { claim: name, owner });
      const [word, answer, fence] = await steps.run('claim', [name, owner, Math.trunc(leaseMs), uniqueToken(), data]);
      if (word === 'held') return { heldBy: String(answer) };
      steps.saw(Number(answer));
      return { name, owner, fence: Number(fence) };
    },
    renew: async ({ name, fence }, leaseMs) => {
      const [, seq] = await steps.run('renew', [name, fence, Math.trunc(leaseMs)]);
      steps.saw(Number(seq));
    },
    release: async ({ name, owner, fence }: Claim) => {
      const data = dataOf('claim.released', { claim: name, owner });
      const [, seq] = await steps.run('release', [name, fence, owner, data]);
      steps.saw(Number(seq));
    },
    claims: async () => {
      const [, ...held] = await steps.run('claims', []);
      return (held as readonly (readonly [string, string, string, string])[])
        .map(([name, owner, fence, leftMs]) => ({ name, owner, fence: Number(fence), leftMs: Number(leftMs) }))
        .sort((a, b) => compareText(a.name, b.name));
    },
  };
}
