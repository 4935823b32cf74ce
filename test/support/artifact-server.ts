import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** An artifact as a job of the run left it. */
export interface StoredArtifact {
  readonly id: number;
  readonly name: string;
  /** The zip archive. */
  readonly content: Buffer;
  /** Job that made it. */
  readonly job: string;
  /** Where its content is. */
  readonly url: string;
}

export interface ArtifactServer {
  /** What a step must have in its environment to find the service and be let in. */
  readonly environment: { readonly ACTIONS_RESULTS_URL: string; readonly ACTIONS_RUNTIME_TOKEN: string };
  /** The finished ones, in the order in which they were made. */
  readonly artifacts: () => readonly StoredArtifact[];
  /** Everything that was asked for and refused, as `<status> <method> <path>`. */
  readonly refused: readonly string[];
  readonly close: () => Promise<void>;
}

/** One upload on its way: blocks may come in any order, and the list says which of them make the file. */
interface Upload {
  readonly id: number;
  readonly name: string;
  readonly job: string;
  readonly blocks: Map<string, Buffer>;
  content?: Buffer;
  finished: boolean;
}

interface Answer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly type?: string;
}

const run = 'run-1';
const job = 'job-1';
const service = '/twirp/github.actions.results.api.v1.ArtifactService/';
const blobFolder = '/account/artifacts/';
const largest = 64 * 1024 * 1024;

/**
 * GitHub's artifact service on loopback, as far as a run's own jobs use it: Twirp with JSON to make, finish and find
 * artifacts, and signed addresses of block blobs for their content. Holds everything in memory. One that lists nothing has
 * lost, for the jobs of the run, what they were sent.
 */
export async function startArtifactServer({ listsNothing = false } = {}): Promise<ArtifactServer> {
  const uploads: Upload[] = [];
  const refused: string[] = [];
  const token = runtimeToken();
  const server = createServer((request, response) => {
    const answered = answer(request, { uploads, listsNothing, token, origin: originOf(server) });
    void answered
      .catch(() => fault(400, 'not understood'))
      .then(({ status, body, type }) => {
        if (status >= 400) refused.push(`${status} ${request.method} ${request.url}`);
        response.writeHead(status, { 'content-type': type ?? 'application/json', etag: '"1"' }).end(body);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const urlOf = (id: number): string => signedUrl({ id }, { token, origin: originOf(server) });
  return {
    environment: { ACTIONS_RESULTS_URL: `${originOf(server)}/`, ACTIONS_RUNTIME_TOKEN: token },
    artifacts: () =>
      uploads.flatMap(({ id, name, content, job: maker, finished }) =>
        finished && content ? [{ id, name, content, job: maker, url: urlOf(id) }] : [],
      ),
    refused,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface World {
  readonly uploads: Upload[];
  readonly listsNothing: boolean;
  readonly token: string;
  readonly origin: string;
}

async function answer(request: IncomingMessage, world: World): Promise<Answer> {
  const url = new URL(request.url ?? '/', world.origin);
  const body = await buffer(request);
  if (body.length > largest) return { status: 413 };
  if (url.pathname.startsWith(blobFolder)) return onBlob(request.method ?? '', { url, body, world });
  if (!url.pathname.startsWith(service)) return fault(404, 'no such service');
  if (request.headers.authorization !== `Bearer ${world.token}`) return fault(401, 'not this run');
  return onService(url.pathname.slice(service.length), JSON.parse(body.toString('utf8')) as Message, world);
}

/** The messages in the JSON form of their protocol: names with underscores, 64-bit integers as text. */
interface Message {
  readonly workflow_run_backend_id?: string;
  readonly workflow_job_run_backend_id?: string;
  readonly name?: string;
  readonly size?: string;
  readonly hash?: string;
  readonly name_filter?: string;
  readonly id_filter?: string;
}

function onService(method: string, message: Message, world: World): Answer {
  if (message.workflow_run_backend_id !== run) return fault(403, 'another run');
  switch (method) {
    case 'CreateArtifact':
      return createArtifact(message, world);
    case 'FinalizeArtifact':
      return finalizeArtifact(message, world);
    case 'ListArtifacts':
      return listArtifacts(message, world);
    case 'GetSignedArtifactURL': {
      const found = world.uploads.find((upload) => upload.finished && upload.name === message.name);
      return found ? json({ signed_url: signedUrl(found, world) }) : fault(404, 'no such artifact');
    }
    default:
      return fault(404, `no method ${method}`);
  }
}

function createArtifact({ name = '', workflow_job_run_backend_id: maker = '' }: Message, world: World): Answer {
  if (world.uploads.some((upload) => upload.name === name))
    return fault(409, 'an artifact with this name already exists on the workflow run');
  const upload: Upload = { id: world.uploads.length + 1, name, job: maker, blocks: new Map(), finished: false };
  world.uploads.push(upload);
  return json({ ok: true, signed_upload_url: signedUrl(upload, world) });
}

/** Size and digest must be those of what arrived. */
function finalizeArtifact({ name, size, hash }: Message, world: World): Answer {
  const upload = world.uploads.find((each) => each.name === name);
  if (!upload?.content) return fault(404, 'nothing was uploaded');
  const digest = `sha256:${createHash('sha256').update(upload.content).digest('hex')}`;
  if (Number(size) !== upload.content.length || hash !== digest) return fault(400, 'size or digest differ');
  upload.finished = true;
  return json({ ok: true, artifact_id: String(upload.id) });
}

function listArtifacts({ name_filter: name, id_filter: id }: Message, world: World): Answer {
  const found = world.uploads.filter(
    (upload) =>
      !world.listsNothing &&
      upload.finished &&
      (name ?? upload.name) === upload.name &&
      (id ?? String(upload.id)) === String(upload.id),
  );
  return json({
    artifacts: found.map((upload) => ({
      workflow_run_backend_id: run,
      workflow_job_run_backend_id: upload.job,
      database_id: String(upload.id),
      name: upload.name,
      size: String(upload.content?.length ?? 0),
    })),
  });
}

function onBlob(
  method: string,
  { url, body, world }: { readonly url: URL; readonly body: Buffer; readonly world: World },
): Answer {
  const upload = world.uploads.find((each) => new URL(signedUrl(each, world)).pathname === url.pathname);
  if (!upload || url.searchParams.get('sig') !== signature(upload, world)) return { status: 403 };
  if (method === 'GET')
    return upload.content ? { status: 200, body: upload.content, type: 'application/zip' } : { status: 404 };
  if (method !== 'PUT') return { status: 405 };
  const comp = url.searchParams.get('comp');
  if (comp === 'block') upload.blocks.set(url.searchParams.get('blockid') ?? '', body);
  else upload.content = comp === 'blocklist' ? joinBlocks(upload, body.toString('utf8')) : body;
  return { status: 201 };
}

function joinBlocks(upload: Upload, list: string): Buffer {
  const ids = [...list.matchAll(/<(?:Latest|Uncommitted)>([^<]{1,200})</g)].map(([, id = '']) => id);
  return Buffer.concat(ids.map((id) => upload.blocks.get(id) ?? Buffer.alloc(0)));
}

function signedUrl(upload: Pick<Upload, 'id'>, world: Pick<World, 'token' | 'origin'>): string {
  return `${world.origin}${blobFolder}${upload.id}.zip?sig=${signature(upload, world)}`;
}

function signature(upload: Pick<Upload, 'id'>, { token }: Pick<World, 'token'>): string {
  return createHash('sha256').update(`${upload.id} ${token}`).digest('hex');
}

/** The client takes run and job from the token's payload; nobody checks who signed it. */
function runtimeToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'none' }), part({ scp: `Actions.Results:${run}:${job}` }), 'unsigned'].join('.');
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function json(value: object): Answer {
  return { status: 200, body: JSON.stringify(value) };
}

function fault(status: number, msg: string): Answer {
  return { status, body: JSON.stringify({ code: 'failed', msg }) };
}
