import { describe, expect, it } from 'vitest';
import { memoryWorkspace } from '../../../../src/checks/workspace.ts';
import { drifts, findIn, sh } from '../../../support/drift-world.ts';

describe('findDrift in commands', () => {
  const files = {
    'package.json': '{"scripts": {"build": "x", "test:unit": "x"}, "devDependencies": {"vitest": "1"}}',
    Makefile:
      'include more.mk\n.PHONY: all clean\nall: build\n\techo $(X)\nbuild:\n\ttrue\nX := 1\nout-%: src\n\ttrue\n',
    'more.mk': 'extra: ; true\n',
    'scripts/run.sh': 'x',
  };

  it.each([
    'npm run build',
    'npm run build -- --watch',
    'npm install && npm run test:unit',
    'yarn build',
    'yarn vitest',
    'yarn add x',
    'pnpm run test:unit',
    'npm run -w web gone',
    'npm run $SCRIPT',
    '# npm run gone',
    'echo "npm run gone',
    'make',
    'make all clean extra',
    'make out-x CFLAGS=-O2',
    'make -C other gone',
    'make README.md',
    'bash scripts/run.sh',
    './scripts/run.sh',
    './configure',
    'node -e "x"',
    'node app.js',
    'node my-server.mjs',
    'python -m gone',
    'curl -O https://example.com/get.sh && bash get.sh',
    'cat > new.js <<EOF\nnpm run gone\nEOF\nnode new.js',
    'cd elsewhere\nnpm run gone',
    'git clone https://example.com/repository && cd repository/\nnpm run build',
    'cd scripts\nbash run.sh',
  ])('lets %j be', async (command) => {
    expect(await drifts(sh(command), files)).toEqual([]);
  });

  it.each([
    ['npm run biuld', 'unknown-script README.md#npm run biuld'],
    ['npm test', 'unknown-script README.md#npm test'],
    ['$ npm run gone', 'unknown-script README.md#npm run gone'],
    ['CI=1 npm run gone | tee log', 'unknown-script README.md#npm run gone'],
    ['yarn lint', 'unknown-script README.md#yarn lint'],
    ['pnpm test:e2e', 'unknown-script README.md#pnpm test:e2e'],
    ['make gone', 'unknown-target README.md#make gone'],
    ['make all \\\n  gone', 'unknown-target README.md#make gone'],
    ['node scripts/gone.mjs', 'dead-path README.md#node scripts/gone.mjs'],
    ['bash deploy.sh', 'dead-path README.md#bash deploy.sh'],
    ['./scripts/gone', 'dead-path README.md#./scripts/gone'],
    [
      'git clone https://example.com/repository && cd repository/\nnpm run gone',
      'unknown-script README.md#npm run gone',
    ],
  ])('finds %j', async (command, expected) => {
    expect(await drifts(sh(command), files)).toEqual([expected]);
  });

  it('takes output for no command where prompts tell them apart', async () => {
    expect(await drifts('```console\n$ npm run build\nnpm run gone\n```\n', files)).toEqual([]);
  });

  it('reads no command in other languages', async () => {
    expect(await drifts('```js\nnpm run gone\n```\n', files)).toEqual([]);
  });

  it('names the line, the manifest and the script that may be meant', async () => {
    const { findings } = await findIn(
      memoryWorkspace({ ...files, 'README.md': `x\n\n${sh('npm ci', 'npm run biuld')}` }),
    );
    expect(findings[0]).toMatchObject({
      location: { path: 'README.md', line: 5, column: 1 },
      message: 'package.json has no script "biuld". Did you mean "build"?',
    });
  });

  it.each([
    ['there is no makefile', {}],
    ['its targets are variables', { Makefile: '$(NAMES): x\n' }],
    ['an include is missing', { Makefile: 'all:\ninclude gone.mk\n' }],
    ['includes go in circles', { Makefile: 'gone:\ninclude Makefile\n' }],
  ])('says nothing of targets where %s', async (_why, makefiles) => {
    expect(await drifts(sh('make gone'), makefiles)).toEqual([]);
  });

  it('says nothing of scripts where there is no readable package.json', async () => {
    expect(await drifts(sh('npm run gone'))).toEqual([]);
    expect(await drifts(sh('npm run gone'), { 'package.json': '{' })).toEqual([]);
  });
});
