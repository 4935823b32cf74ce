import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGunzip } from 'node:zlib';
import { gitEnvironment } from './git/repository.ts';
import { followRefs } from './pulls.ts';
import { isAllowed, isVisible, mayWriteWorkflows, type Token } from './tokens.ts';
import { repositoryOf, type Repository, type World } from './world.ts';

export interface GitRequest {
  readonly repository: string;
  /** Below the repository, such as `/info/refs`. */
  readonly rest: string;
  readonly query: URLSearchParams;
  readonly method: string;
}

/** Git's own addresses: `/owner/name.git/…`, and without `.git` where only git asks. */
export function gitRequestOf(method: string, path: string, query: URLSearchParams): GitRequest | undefined {
  const found =
    /^\/([^/]+\/[^/]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack|git-receive-pack|HEAD|objects\/.*))$/.exec(path);
  if (!found || path.startsWith('/api/') || path.startsWith('/repos/')) return undefined;
  return { repository: found[1] ?? '', rest: found[2] ?? '', query, method };
}

/** Git's smart protocol, by `git http-backend`: clone, fetch and push with a token. */
export async function serveGit(
  world: World,
  { asked, token }: { readonly asked: GitRequest; readonly token: Token | undefined },
  [request, response]: readonly [IncomingMessage, ServerResponse],
): Promise<void> {
  const repository = repositoryOf(world, asked.repository);
  const isPush = asked.rest.endsWith('git-receive-pack') || asked.query.get('service') === 'git-receive-pack';
  if (!token && (isPush || !repository || repository.settings.isPrivate)) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end('Authentication required');
    return;
  }
  if (!repository || !isVisible(token, repository)) {
    response.writeHead(404).end('Repository not found.');
    return;
  }
  if (!isAllowed(token, repository, { any: ['contents'], access: isPush ? 'write' : 'read' })) {
    response.writeHead(403).end(`Permission to ${repository.fullName}.git denied to ${token?.account.login ?? ''}.`);
    return;
  }
  await runBackend(repository, { asked, token }, [request, response]);
  if (isPush) followRefs(world, repository, repository.git.refs.reread());
}

function runBackend(
  repository: Repository,
  { asked, token }: { readonly asked: GitRequest; readonly token: Token | undefined },
  [request, response]: readonly [IncomingMessage, ServerResponse],
): Promise<void> {
  const child = spawn('git', ['http-backend'], {
    env: {
      ...gitEnvironment,
      GIT_PROJECT_ROOT: repository.git.directory,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: asked.rest,
      QUERY_STRING: asked.query.toString(),
      REQUEST_METHOD: asked.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      REMOTE_USER: token?.account.login ?? '',
      MAY_WRITE_WORKFLOWS: !token || mayWriteWorkflows(token) ? 'yes' : 'no',
      ...(request.headers['git-protocol'] === undefined
        ? {}
        : { GIT_PROTOCOL: String(request.headers['git-protocol']) }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  if (request.headers['content-encoding'] === 'gzip') request.pipe(createGunzip()).pipe(child.stdin);
  else request.pipe(child.stdin);
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => void pieces.push(piece));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      answer(response, Buffer.concat(pieces));
      resolve();
    });
  });
}

/** What a CGI program has written: headers, an empty line, the body. */
function answer(response: ServerResponse, output: Buffer): void {
  const end = output.indexOf('\r\n\r\n');
  const headers = output
    .subarray(0, Math.max(0, end))
    .toString()
    .split('\r\n')
    .map((line) => line.split(': '));
  const status = Number(headers.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? (end < 0 ? 500 : 200));
  for (const [name = '', value = ''] of headers) if (name !== '' && name !== 'Status') response.setHeader(name, value);
  response.writeHead(status).end(output.subarray(end < 0 ? 0 : end + 4));
}
