import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskSchema } from '../../src/protocol/task.ts';
import { snapshotSchema } from '../../src/protocol/workspace.ts';
import { reportSchema } from '../../src/protocol/report.ts';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { plantedSecrets } from '../support/planted-secrets.ts';
import { scratchRepository, type ScratchRepository } from '../support/scratch-repository.ts';

const known = new Map(plantedSecrets().map((each) => [each.id, each]));

function secretOf(id: string): string {
  const planted = known.get(id);
  if (planted === undefined) throw new Error(`no planted secret ${id}`);
  return planted.secret;
}

/** One secret for each kind of input, so that a leak tells where it came from. */
const planted = {
  source: secretOf('github-personal-token'),
  workflow: secretOf('npm-token'),
  'workflow beside a fix': secretOf('github-oauth-token'),
  'environment of a manifest': secretOf('stripe-secret-key'),
  'ConfigMap of a manifest': secretOf('slack-token'),
  Dockerfile: secretOf('anthropic-api-key'),
  CODEOWNERS: secretOf('gitlab-token'),
  'link in Markdown': secretOf('sendgrid-api-key'),
  'path in a coverage report': secretOf('digitalocean-token'),
  'name of a file': secretOf('hugging-face-token'),
  'message of a commit': secretOf('github-refresh-token'),
  'author of a commit': secretOf('linear-api-key'),
  'address of the remote': secretOf('github-app-token'),
  'reason in .cortexignore': secretOf('databricks-token'),
  'reason in a comment': secretOf('postman-api-key'),
  'script of package.json': secretOf('openai-api-key'),
  'output of the tests': secretOf('rubygems-token'),
  'error output of the tests': secretOf('shopify-token'),
  // Of no known shape: only the environment says that it is one.
  environment: ['correct', 'horse', 'battery', 'staple'].join('+/'),
} as const;

/** Places that a scan of the tree's files can see. */
const inFiles = [
  ['source', 'src/config.ts'],
  ['workflow', '.github/workflows/release.yml'],
  ['workflow beside a fix', '.github/workflows/ci.yml'],
  ['environment of a manifest', 'deploy/shop.yaml'],
  ['ConfigMap of a manifest', 'deploy/shop.yaml'],
  ['Dockerfile', 'Dockerfile'],
  ['CODEOWNERS', 'CODEOWNERS'],
  ['link in Markdown', 'README.md'],
  ['path in a coverage report', 'coverage/lcov.info'],
  ['script of package.json', 'package.json'],
  ['output of the tests', 'tests.mjs'],
] as const;

const files: Readonly<Record<string, string>> = {
  'src/config.ts': `export const token = '${planted.source}';\nexport const other = '${planted.environment}';\n`,
  '.github/workflows/release.yml': `name: release ${planted.workflow}\non: push\njobs:\n  release:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm publish # ${planted.workflow}\n`,
  '.github/workflows/ci.yml': `name: ci\non: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    env: { TOKEN: ${planted['workflow beside a fix']} }\n    steps:\n      - run: make\n`,
  'deploy/shop.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, labels: { note: "${planted['environment of a manifest']}" } }
spec:
  replicas: 1
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
        - name: shop
          image: shop:1.0
          env: [{ name: KEY, value: "${planted['environment of a manifest']}" }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: shop-config }
data: { token: "${planted['ConfigMap of a manifest']}" }
`,
  Dockerfile: `FROM node:24\nENV KEY=${planted.Dockerfile}\nLABEL key=${planted.Dockerfile}\n`,
  CODEOWNERS: `* @acme/${planted.CODEOWNERS}\n`,
  'README.md': `# Shop\n\n[api](https://ada:${planted['link in Markdown']}@api.example.com/) and [lost](docs/${planted['link in Markdown']}.md)\n\n    npm run ${planted['link in Markdown']}\n`,
  'coverage/lcov.info': `TN:\nSF:/build/${planted['path in a coverage report']}/src/config.ts\nDA:1,1\nLF:1\nLH:1\nend_of_record\n`,
  [`src/${planted['name of a file']}.test.ts`]: "import { it } from 'vitest';\nit('works', () => {});\n",
  [`.github/workflows/${planted['name of a file']}.yml`]:
    'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: make }]\n',
  '.cortexignore': `secrets/* Dockerfile # known: ${planted['reason in .cortexignore']}\nsecrets/* no reason ${planted['reason in .cortexignore']}\n`,
  'src/quiet.ts': `// cortex-ignore: secrets/* asked ${planted['reason in a comment']}\nexport const quiet = '${planted.source}';\n`,
  'package.json': JSON.stringify({
    name: 'shop',
    scripts: { deploy: `deploy --key ${planted['script of package.json']}` },
  }),
  'tests.mjs': `console.log('${planted['output of the tests']}');\nconsole.error('${planted['error output of the tests']}');\nprocess.exit(1);\n`,
};

const plan = `apiVersion: cortex/v1
kind: Plan
metadata: { name: redaction }
spec:
  deadline: 60m
  masters:
    - name: security-master
      tasks:
        - { id: secrets, worker: scan-worker, capability: secrets }
        - { id: unsafe, worker: scan-worker, capability: workflows }
    - name: inventory-master
      tasks:
        - { id: catalog, worker: catalog-worker, capability: repository }
    - name: cicd-master
      tasks:
        - { id: costly, worker: analysis-worker, capability: workflows }
        - { id: fix, worker: implementation-worker, capability: fix-workflows }
        - { id: review, worker: review-worker, capability: change, needs: [fix] }
    - name: testing-master
      tasks:
        - { id: covered, worker: test-worker, capability: coverage, inputs: { command: [node, tests.mjs] } }
        - { id: tests, worker: test-worker, capability: inventory }
    - name: development-master
      tasks:
        - { id: hotspots, worker: analysis-worker, capability: hotspots }
        - { id: drift, worker: documentation-worker, capability: drift }
    - name: monitoring-master
      tasks:
        - { id: watched, worker: analysis-worker, capability: monitoring }
`;

const env = { GITHUB_TOKEN: planted['address of the remote'], DEPLOY_PASSWORD: planted.environment };

/** How a secret looks when it is passed on: as it is, URL-encoded, or in base64 at each of the three alignments. */
function formsOf(secret: string): readonly string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const whole = Buffer.from(' '.repeat(shift) + secret).toString('base64');
    // The first and the last four characters also hold bits of what stands before and behind.
    return whole.slice(4, Math.floor(whole.length / 4) * 4 - 4);
  });
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...base64];
}

/** Where secrets stand in a text: `<which> in <where>`. */
function leaksIn(where: string, text: string): readonly string[] {
  return Object.entries(planted)
    .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
    .map(([which]) => `${which} in ${where}`);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

describe('the search for secrets', () => {
  const secret = planted.environment;
  it.each([
    ['plain', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 behind one letter', Buffer.from(`a${secret}`).toString('base64')],
    ['in base64 behind two letters', Buffer.from(`ab${secret}cd`).toString('base64')],
  ])('sees one that is %s', (_how, text) => {
    expect(leaksIn('a text', `before ${text} behind`)).toEqual(['environment in a text']);
    expect(leaksIn('a text', 'before behind')).toEqual([]);
  });
});

describe('a run on a repository full of secrets', () => {
  let repository: ScratchRepository;
  let coordination: string;
  let ran: CliOutcome;

  beforeAll(async () => {
    const author = { name: planted['author of a commit'], email: `${planted['author of a commit']}@example.com` };
    repository = scratchRepository(files, { author, message: `use ${planted['message of a commit']}` });
    const remote = `https://${planted['address of the remote']}:${planted.environment.replaceAll('/', '%2F')}@example.com/acme/shop.git`;
    repository.git('remote', 'add', 'origin', remote);
    repository.write('plan.yaml', plan);
    repository.write(`draft-${planted['name of a file']}.md`, 'not committed');
    coordination = join(repository.directory, 'coordination');
    ran = await runCli(['run', 'plan.yaml'], { cwd: repository.directory, env });
  }, 120_000);
  afterAll(() => repository.remove());

  const report = () => {
    const [results = ''] = filesBelow(join(coordination, 'execution-plans')).filter((path) =>
      path.endsWith('-results.json'),
    );
    return reportSchema.parse(JSON.parse(readFileSync(results, 'utf8')));
  };

  it('comes to its end: every task is complete', () => {
    expect(ran.stderr).toBe('');
    expect(report().tasks.filter((task) => task.status !== 'complete')).toEqual([]);
  });

  it.each(inFiles)('finds the secret in the %s', (_which, path) => {
    const { findings, silenced } = report();
    const all = [...findings, ...silenced.map((each) => each.finding)].filter((finding) =>
      finding.ruleId.startsWith('secrets/'),
    );
    expect(all.filter((finding) => finding.location?.path === path)).not.toEqual([]);
  });

  it('shows none on the terminal', () => {
    expect(leaksIn('stdout', ran.stdout)).toEqual([]);
    expect(leaksIn('stderr', ran.stderr)).toEqual([]);
  });

  it('has them in the snapshot, so that there was something to hide', () => {
    const own = snapshotBlobs(coordination);
    const text = filesBelow(coordination)
      .filter((path) => own.has(basename(path)))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const planted = [
      ...inFiles.map(([which]) => which),
      'name of a file',
      'reason in .cortexignore',
      'reason in a comment',
    ];
    expect(leaksIn('it', text)).toEqual(expect.arrayContaining(planted.map((which) => `${which} in it`)));
  });

  it('writes none into any file but the snapshot, which is the repository itself', () => {
    const own = snapshotBlobs(coordination);
    const written = filesBelow(coordination).filter((path) => !own.has(basename(path)));
    expect(written.length).toBeGreaterThan(50);
    expect(
      written.flatMap((path) => leaksIn(relative(coordination, path), `${path}\n${readFileSync(path, 'utf8')}`)),
    ).toEqual([]);
  });

  it.each(['report', 'watch', 'explain'])('shows none by %s', async (command) => {
    const asked = command === 'explain' ? ['fix'] : [];
    const { code, stdout, stderr } = await runCli([command, ...asked], { cwd: repository.directory, env });
    expect([0, 3]).toContain(code);
    expect(leaksIn(command, stdout + stderr)).toEqual([]);
  });
});

describe('a mistake with a secret in it', () => {
  const secret = planted.source;
  let repository: ScratchRepository;
  beforeAll(() => {
    repository = scratchRepository({
      'plan.yaml': plan,
      'told.yaml': plan.replace('name: redaction', `name: redaction, description: ${secret}`),
    });
  });
  afterAll(() => repository.remove());

  it.each([
    [['validate', 'told.yaml']],
    [['validate', 'told.yaml', '--format', 'json']],
    [['validate', 'told.yaml', '--format', 'github']],
    [['run', 'told.yaml']],
    [['preview', 'told.yaml']],
    [['run', `${secret}.yaml`]],
    [['run', 'plan.yaml', '--masters', secret]],
    [['run', 'plan.yaml', '--target', secret]],
    [['run', 'plan.yaml', '--parallel-workers', secret]],
    [['run', 'plan.yaml', '--id', secret]],
    [['run', 'plan.yaml', '--worker', secret]],
    [['run', 'plan.yaml', `--${secret}`]],
    [['preview', 'plan.yaml', '--base', secret]],
    [['preview', 'plan.yaml', '--format', secret]],
    [['explain', secret]],
    [['watch', secret]],
    [[secret]],
  ])('is told without it: cortex %j', async (args) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: repository.directory });
    expect(code).toBe(2);
    expect(leaksIn('output', stdout + stderr)).toEqual([]);
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
  });
});

/**
 * The artefacts that are the repository's own content, by name: the chunks of the snapshot, its manifest, and the
 * history. The last two name the paths of the tree and hold nothing else of it.
 */
function snapshotBlobs(coordination: string): ReadonlySet<string> {
  const paths = new Map(filesBelow(join(coordination, 'executions')).map((path) => [basename(path), path]));
  const read = (name: string): unknown => JSON.parse(readFileSync(paths.get(name) ?? '', 'utf8'));
  const log = readFileSync(paths.get('events.jsonl') ?? '', 'utf8');
  const events = log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; data: Record<string, string> });
  const documents = events
    .filter(({ type }) => type === 'worker.launched')
    .map(({ data }) => taskSchema.parse(read(data['document'] ?? '')));
  const manifests = [...new Set(documents.map((task) => task.workspace))];
  const chunks = manifests.flatMap((manifest) => snapshotSchema.parse(read(manifest)).chunks);
  return new Set([...manifests, ...chunks, ...documents.flatMap((task) => task.history ?? [])]);
}
