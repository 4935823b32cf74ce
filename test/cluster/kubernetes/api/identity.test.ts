import { describe, expect, it } from 'vitest';
import { identityAccess } from '../../../../src/cluster/kubernetes/api/identity.ts';

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenUntil = (expiresAt: number, mark: number): string =>
  `${encoded({ alg: 'none' })}.${encoded({ exp: expiresAt / 1000, mark })}.x`;

describe('a way in by identity tokens', () => {
  const world = (lifeMs: number) => {
    const clock = { now: 1_000_000_000_000 };
    let minted = 0;
    const access = identityAccess({
      server: 'https://k3s.example:6443/',
      about: 'a test',
      now: () => clock.now,
      mint: () => {
        minted += 1;
        return Promise.resolve(tokenUntil(clock.now + lifeMs, minted));
      },
    });
    return { clock, access, minted: () => minted };
  };

  it('mints a token once, and uses it as long as it lasts', async () => {
    const { clock, access, minted } = world(300_000);
    const first = await access.credentials(false);
    clock.now += 200_000;
    expect(await access.credentials(false)).toEqual(first);
    expect(minted()).toBe(1);
  });

  it('mints another before the last one expires: GitHub’s live for five minutes', async () => {
    const { clock, access, minted } = world(300_000);
    for (let minute = 0; minute < 60; minute += 1) {
      const { headers } = await access.credentials(false);
      const claims = JSON.parse(Buffer.from(headers['authorization']?.split('.')[1] ?? '', 'base64url').toString()) as {
        exp: number;
      };
      expect(claims.exp * 1000 - clock.now).toBeGreaterThanOrEqual(60_000);
      clock.now += 60_000;
    }
    expect(minted()).toBeLessThanOrEqual(16);
  });

  it('mints one for all who ask at the same time', async () => {
    const { access, minted } = world(300_000);
    await Promise.all(Array.from({ length: 20 }, () => access.credentials(false)));
    expect(minted()).toBe(1);
  });

  it('mints one for all who find the last one too old', async () => {
    const { clock, access, minted } = world(300_000);
    await access.credentials(false);
    clock.now += 299_000;
    await Promise.all(Array.from({ length: 50 }, () => access.credentials(false)));
    await Promise.all(Array.from({ length: 50 }, () => access.credentials(true)));
    expect(minted()).toBe(3);
  });

  it('mints another when the server refuses the last', async () => {
    const { access, minted } = world(300_000);
    const first = await access.credentials(false);
    expect(await access.credentials(true)).not.toEqual(first);
    expect(minted()).toBe(2);
  });

  it('tries again after a token that could not be had', async () => {
    let asked = 0;
    const access = identityAccess({
      server: 'https://k3s.example:6443',
      about: 'a test',
      now: () => 0,
      mint: () => {
        asked += 1;
        return asked === 1 ? Promise.reject(new Error('not now')) : Promise.resolve(tokenUntil(300_000, 1));
      },
    });
    await expect(access.credentials(false)).rejects.toThrow('not now');
    await expect(access.credentials(false)).resolves.toBeDefined();
  });

  it('has every token that it minted among what is never printed', async () => {
    const { access } = world(300_000);
    const { headers } = await access.credentials(false);
    expect(access.secrets).toEqual([headers['authorization']?.slice('Bearer '.length)]);
  });
});
