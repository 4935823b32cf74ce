// Loaded before a program: where a pod would find its service account, it finds the folder that SERVICE_ACCOUNT names.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const mountedAt = '/var/run/secrets/kubernetes.io/serviceaccount/';
const read = fs.readFileSync;
fs.readFileSync = (path, ...rest) => {
  const isAccount = typeof path === 'string' && path.startsWith(mountedAt);
  return read(isAccount ? `${process.env.SERVICE_ACCOUNT}/${path.slice(mountedAt.length)}` : path, ...rest);
};
syncBuiltinESMExports();
