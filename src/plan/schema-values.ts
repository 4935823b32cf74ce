import { z } from 'zod';
import { cpuPattern, durationPattern, percentPattern, sizePattern } from './quantities.ts';

/** The small values that plans are written in. Each pattern is linear, each text is bounded. */

const slugPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

export const slug = z
  .string()
  .max(48)
  .regex(slugPattern, 'expected lower-case letters, digits and single hyphens, such as scan-secrets');

export const line = z.string().min(1).max(200);
export const text = z.string().min(1).max(4000);

export const duration = z
  .string()
  .max(20)
  .regex(durationPattern, 'expected a duration such as 15m, 900s or 1h30m')
  .describe('A duration: hours, minutes and seconds, such as 15m, 900s or 1h30m');

export const size = z
  .union([z.string().max(20).regex(sizePattern, 'expected a size such as 512Mi or 1Gi'), z.int().min(1).max(1e15)], {
    error: 'expected a size such as 512Mi or 1Gi',
  })
  .describe('A size such as 512Mi, 1Gi or 500M, or a number of bytes');

export const cpu = z
  .union([z.string().max(20).regex(cpuPattern, 'expected processors such as 500m or 2'), z.number().gt(0).max(1024)], {
    error: 'expected processors such as 500m or 2',
  })
  .describe('Processors: 500m is half of one, 2 is two');

export const tokens = z.int().min(0).max(1_000_000_000);
export const usd = z.number().min(0).max(1_000_000);

/** Percent of the whole, or tokens. */
export const reserve = z.union([z.string().max(5).regex(percentPattern, 'expected percent such as 10%'), tokens], {
  error: 'expected percent such as 10%, or a number of tokens',
});

/** A Kubernetes name (RFC 1123 label). */
export const label = z
  .string()
  .max(63)
  .regex(slugPattern, 'expected a Kubernetes name: lower-case letters, digits and single hyphens');

export const labelKey = z
  .string()
  .max(317)
  .regex(/^(?:[a-z0-9][a-z0-9.-]{0,252}\/)?[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'expected a Kubernetes label key');

export const labelValue = z
  .string()
  .max(63)
  .regex(/^(?:[A-Za-z0-9][A-Za-z0-9_.-]{0,62})?$/, 'expected a Kubernetes label value');

export const image = z
  .string()
  .max(300)
  .regex(/^[a-z0-9][a-zA-Z0-9./:@_-]{0,299}$/, 'expected an image reference such as node:24-bookworm@sha256:…');

export const pinnedImage = z
  .string()
  .max(300)
  .regex(
    /^[a-z0-9][a-zA-Z0-9./:_-]{0,200}@sha256:[0-9a-f]{64}$/,
    'expected an image by digest such as registry.example/node@sha256:…',
  );

/** What an image may be named for. */
export const kindOrCapability = z
  .string()
  .max(100)
  .regex(/^[a-z]+-worker(?:\/[a-z0-9-]+)?$/, 'expected a kind such as test-worker, or scan-worker/secrets');

/** A branch that git accepts and that can't be read as an option or climb out of refs/heads. */
export const branch = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/, 'expected a branch name such as cortex/results')
  .regex(/^(?![\s\S]*(?:\.\.|\/\/|\/\.|\.lock(?:\/|$)|[/.]$))/, 'expected a branch name that git accepts');

export const glob = z.string().min(1).max(200);

/** Owner and name of a repository on GitHub. */
export const repositoryName = z
  .string()
  .max(140)
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, 'expected owner/name');

/** An environment variable that a workflow hands a token over in. */
export const variable = z
  .string()
  .max(100)
  .regex(/^[A-Z][A-Z0-9_]*TOKEN[A-Z0-9_]*$/, 'expected the name of a variable with TOKEN in it, such as SHOP_TOKEN');

/** A label of a runner: it becomes `runs-on`. */
export const runnerLabel = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'expected a label of a runner such as ubuntu-latest');
