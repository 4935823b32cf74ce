import { z } from 'zod';
import { sha256Schema } from './finding.ts';
import { masterNames, priorities, severities } from './words.ts';

const count = z.int().min(0);
const master = z.enum(masterNames);
/** ISO 8601, UTC. */
const time = z.string();

/** Tokens and micro-dollars of one attempt, on the account of its master. */
const booking = { account: master, key: z.string(), tokens: count, microDollars: count };

/** What processes say to each other that work on one execution: books, claims, legs, hand-offs, questions, paths. */
export const coordinationEventData = {
  /** Set aside until it is settled, or until it expires. */
  'budget.reserved': z.strictObject({ ...booking, expiresAt: time }),
  'budget.settled': z.strictObject(booking),
  /** Nobody settled it in time: it went back to its account. */
  'budget.expired': z.strictObject(booking),
  'budget.refused': z.strictObject({ ...booking, reason: z.string() }),
  /** A master asks for more than its account has left. `key` is the attempt's. */
  'budget.requested': z.strictObject({ ...booking, task: z.string(), priority: z.enum(priorities) }),
  /** Budget that went from one account to another; `person` is money beyond the plan's. */
  'budget.moved': z.strictObject({
    key: z.string(),
    from: z.enum([...masterNames, 'reserve', 'person']),
    to: master,
    tokens: count,
    microDollars: count,
    reason: z.string(),
  }),
  /** The request is answered with no. */
  'budget.denied': z.strictObject({ account: master, key: z.string(), reason: z.string() }),
  'claim.taken': z.strictObject({ claim: z.string(), owner: z.string(), expiresAt: time }),
  'claim.released': z.strictObject({ claim: z.string(), owner: z.string() }),
  /** A process takes part, and runs these masters. */
  'leg.joined': z.strictObject({ leg: z.string(), masters: z.array(master) }),
  /** What its store took, measured by the process itself: milliseconds from a command to its answer. */
  'leg.measured': z.strictObject({
    leg: z.string(),
    commands: count,
    meanMs: z.number().min(0),
    p95Ms: z.number().min(0),
    maxMs: z.number().min(0),
  }),
  /** Its claim was not renewed in time. */
  'master.silent': z.strictObject({ master, owner: z.string(), silentMs: count }),
  /** A leg runs a master that it was not started for: nobody else did, or whoever did has gone. */
  'master.adopted': z.strictObject({
    master,
    leg: z.string(),
    from: z.string().nullable(),
    /** Workers that were at work when the one before went silent. */
    relaunching: z.array(z.string()),
  }),
  /** What a task of another master waits for is there. */
  'handoff.requested': z.strictObject({
    handoff: z.string(),
    from: master,
    to: master,
    /** The task that may go on, and the one whose result it gets. */
    task: z.string(),
    need: z.string(),
    expiresAt: time,
  }),
  'handoff.picked': z.strictObject({ handoff: z.string(), to: master, task: z.string() }),
  'handoff.expired': z.strictObject({ handoff: z.string(), reason: z.string() }),
  /** What a master would like to change, before any of it is judged. An empty list says that it has nothing. */
  'paths.claimed': z.strictObject({
    master,
    changes: z.array(
      z.strictObject({
        change: sha256Schema,
        task: z.string(),
        priority: z.enum(priorities),
        paths: z.array(z.string()),
      }),
    ),
  }),
  /** Of changes to the same paths one goes on; each other is held back by the one that is named. */
  'paths.settled': z.strictObject({
    held: z.array(
      z.strictObject({ change: sha256Schema, by: sha256Schema, master, winner: master, paths: z.array(z.string()) }),
    ),
  }),
  'escalation.raised': z.strictObject({
    escalation: z.string(),
    task: z.string(),
    master,
    severity: z.enum(severities),
    issue: z.string(),
    options: z.array(z.string()).min(1),
    recommendation: z.string(),
    /** Until when a person may answer; null: nobody can be asked, the plan answers at once. */
    answerBy: time.nullable(),
  }),
  'escalation.answered': z.strictObject({ escalation: z.string(), choice: z.string(), by: z.string() }),
} as const;
