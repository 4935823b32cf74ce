// A stand-in for actions/checkout under the local runner: the same inputs, over git's own HTTP, from the server that the
// environment names. It keeps no credentials.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const input = (name) => process.env[`INPUT_${name.toUpperCase()}`] ?? '';
const repository = input('repository') || process.env.GITHUB_REPOSITORY;
const directory = join(process.env.GITHUB_WORKSPACE, input('path') || '.');
const url = `${process.env.GITHUB_SERVER_URL}/${repository}.git`;
const isOwn = repository === process.env.GITHUB_REPOSITORY;
const ref = input('ref') || (isOwn ? process.env.GITHUB_SHA : 'HEAD');
const depth = input('fetch-depth') === '0' ? [] : [`--depth=${input('fetch-depth') || 1}`];
const token = input('token');
const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
const git = (...args) =>
  execFileSync('git', ['-c', 'safe.directory=*', ...(token ? ['-c', `http.extraheader=${header}`] : []), ...args], {
    cwd: directory,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
  });

mkdirSync(directory, { recursive: true });
git('init', '--quiet');
git('remote', 'add', 'origin', url);
git('fetch', '--quiet', '--no-tags', ...depth, 'origin', ref);
git('checkout', '--quiet', '--force', '--detach', 'FETCH_HEAD');
