import { quoted } from '../wording.ts';
import type { Job, Step } from '../workflow.ts';
import type { Text } from '../yaml-view.ts';
import { stepsOf, type Draft, type WorkflowRule } from './rule.ts';

const commit = /@[0-9a-f]{40}$/i;
const digest = /@sha256:[0-9a-f]{64}$/i;
/** Actions of GitHub itself: the platform that runs the workflow already has to be trusted. */
const firstParty = /^(?:actions|github)\//i;

export const unpinnedUses: WorkflowRule = {
  id: 'unpinned-uses',
  theme: 'safety',
  severity: 'high',
  confidence: 'high',
  basis: 'measured',
  remedy: 'Pin it to the full commit SHA (an image: to its digest) and keep the version in a comment.',
  references: ['https://docs.zizmor.sh/audits/#unpinned-uses'],
  find: (workflow) => [
    ...workflow.jobs.flatMap((job) => unpinned(job.uses, { job })),
    ...stepsOf(workflow).flatMap(({ job, step }) => unpinned(step.uses, { job, step })),
  ],
};

export const unpinnedImages: WorkflowRule = {
  id: 'unpinned-images',
  theme: 'safety',
  severity: 'medium',
  confidence: 'high',
  basis: 'measured',
  remedy: 'Pin the image to its digest: `name:tag@sha256:…`.',
  references: ['https://docs.zizmor.sh/audits/#unpinned-images'],
  find: (workflow) =>
    workflow.jobs.flatMap((job) =>
      job.images
        // What an expression yields is not in the file: there is nothing to judge.
        .filter(({ image }) => !digest.test(image.value) && !image.value.includes('${{'))
        .map(({ name, image }) => ({
          at: image.start,
          job,
          snippet: `${name} ${image.value}`,
          message: `The image ${quoted(image.value)} of ${quoted(name)} is named by a tag, which its owner can move`,
        })),
    ),
};

function unpinned(uses: Text | undefined, place: { readonly job: Job; readonly step?: Step }): readonly Draft[] {
  if (!uses || isPinned(uses.value)) return [];
  return [
    {
      ...place,
      at: uses.start,
      snippet: uses.value,
      severity: firstParty.test(uses.value) ? 'medium' : 'high',
      message: `${quoted(uses.value)} is not pinned: whoever can move that name can run code in this job`,
    },
  ];
}

/** `./` and `$/` are this repository at the commit that runs. */
function isPinned(uses: string): boolean {
  if (uses.startsWith('./') || uses.startsWith('$/')) return true;
  return uses.startsWith('docker://') ? digest.test(uses) : commit.test(uses);
}
