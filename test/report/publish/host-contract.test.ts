import { MemoryHost } from '../../support/publish/publish-host.ts';
import { startWith } from '../../support/publish/people.ts';
import { hostContract } from './host-contract.ts';

hostContract('the host in memory', (files) => {
  const memory = new MemoryHost();
  const people = startWith(memory, files);
  memory.strangers.add('nobody-there');
  return Promise.resolve({
    host: memory.host,
    push: (branch, written) => people.push(branch, written),
    head: (branch) => memory.git.branches.get(branch),
    files: (sha) =>
      Object.fromEntries([...memory.git.treeAt(sha)].map(([path, { mode, content }]) => [path, [mode, content]])),
    comment: (number, { login, body }) => void people.comment(number, body, login),
    role: (login, role) => void memory.roles.set(login, role),
    merge: (number) => people.merge(number, { keepsBranch: true }),
    close: () => Promise.resolve(),
  });
});
