import { hostContract } from '../../report/publish/host-contract.ts';
import { openShop } from './shop-host.ts';

hostContract('the door to GitHub', async (files) => {
  const shop = await openShop(files);
  return {
    host: shop.door(),
    push: (branch, written) => shop.push(branch, written),
    head: (branch) => shop.head(branch) || undefined,
    files: (sha) =>
      Object.fromEntries(
        Object.entries(shop.files(sha)).map(([path, [mode, bytes]]) => [path, [mode, bytes.toString('utf8')]]),
      ),
    comment: (number, written) => void shop.comment(number, written),
    role: (login, role) => {
      if (role !== 'none') shop.role(login, role);
    },
    merge: (number) => shop.merge(number),
    close: () => shop.close(),
  };
});
