/**
 * GitHub's limits at their real sizes, over the working stand-in with git behind it: a comment and bodies of 65,536 characters,
 * a step's summary of 1 MiB, outputs of 1 MB, trees of more than 100,000 entries, a file of 40 MiB, 25,000 findings. Tests have
 * the same with small limits. Takes minutes; prints what it saw, and ends with 1 where any of it is not as promised.
 * `npm run drill:github [part…]` drills some of it.
 */
import { drillCheck } from './drill-github/check.ts';
import { drillFindings } from './drill-github/findings.ts';
import { drillLargeFile } from './drill-github/large-file.ts';
import { drillOutputs } from './drill-github/outputs.ts';
import { drillTexts } from './drill-github/texts.ts';
import { drillTrees } from './drill-github/trees.ts';

const parts: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  check: drillCheck,
  texts: drillTexts,
  outputs: drillOutputs,
  trees: drillTrees,
  file: drillLargeFile,
  findings: drillFindings,
};

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) await drill(name);
console.log(`peak memory of this process: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);

async function drill(name: string): Promise<void> {
  const part = parts[name];
  if (!part) throw new Error(`there is no part ${name}: ${Object.keys(parts).join(', ')}`);
  const start = performance.now();
  try {
    const seen = await part();
    console.log(
      `${name}, ${((performance.now() - start) / 1000).toFixed(0)} s\n${seen.map((each) => `  ${each}`).join('\n')}`,
    );
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exitCode = 1;
  }
}
