// A tiny worker: each argument of its order (kept in the file that CORTEX_TASK names) is one thing it does, in turn.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const path = process.env.CORTEX_TERMINATION_PATH;
const order = JSON.parse(readFileSync(process.env.CORTEX_TASK, 'utf8'));
const usage = { inputTokens: 7, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, microDollars: 0 };
const envelope = {
  v: 1,
  worker: process.env.CORTEX_WORKER,
  attempt: 1,
  status: 'done',
  exitCode: 0,
  result: null,
  usage,
  resources: { cpuMs: 1, peakBytes: 1 },
};
const forever = 'setInterval(() => {}, 1000)';
const ballast = [];

const acts = {
  say: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`${text}\n`),
  note: ([file, text]) => appendFileSync(file, text),
  leave: (change) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify({ ...envelope, ...change }));
  },
  scribble: (text) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  },
  environment: (file) => writeFileSync(file, JSON.stringify(process.env)),
  child: ({ file, detached, mebibytes = 0 }) => {
    const program = `process.on('SIGTERM', () => {}); globalThis.ballast = Buffer.alloc(${mebibytes << 20}, 1); ${forever}`;
    const child = spawn(process.execPath, ['-e', program], { stdio: 'ignore', detached });
    writeFileSync(file, String(child.pid));
  },
  pid: (file) => writeFileSync(file, String(process.pid)),
  ignore: (signal) => process.on(signal, () => undefined),
  watch: () => process.stdin.resume().on('end', () => process.exit(75)),
  allocate: (mebibytes) => ballast.push(Buffer.alloc(mebibytes * 1024 * 1024, 1)),
  fill: () => {
    for (let text = ''; ; text += 'x') ballast.push({ text });
  },
  signal: (name) => process.kill(process.pid, name),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  exit: (code) => process.exit(code),
};

for (const [act, argument] of order) await acts[act](argument);
