// Writes the ACL file that Redis reads: the rules of users.acl, and for each user but `default` and those without a
// password the hash of the one in the Secret. Redis itself never sees a password before somebody logs in.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [rules, passwords, target] = process.argv.slice(2);

const lines = readFileSync(rules, 'utf8').trim().split('\n');
writeFileSync(target, `${lines.map(withPassword).join('\n')}\n`, { mode: 0o600 });

function withPassword(line) {
  const [, name] = line.split(' ');
  if (name === 'default' || line.split(' ').includes('nopass')) return line;
  return `${line} #${createHash('sha256').update(passwordOf(name)).digest('hex')}`;
}

function passwordOf(user) {
  const key = user.replace(/^cortex-/, '');
  const password = read(key);
  if (password !== undefined && /^[\x21-\x7e]{24,}$/.test(password)) return password;
  const found = password === undefined ? 'nothing' : `${password.length} characters`;
  process.stderr.write(
    `Secret cortex-redis, key ${key}: expected the password of ${user}, 24 or more characters without a space, found ` +
      `${found}. Create the Secret as docs/kubernetes.md shows, and delete the pod.\n`,
  );
  process.exit(1);
}

function read(key) {
  try {
    // A Secret made of a file often ends with its newline.
    return readFileSync(join(passwords, key), 'utf8').replace(/\n$/, '');
  } catch {
    return undefined;
  }
}
