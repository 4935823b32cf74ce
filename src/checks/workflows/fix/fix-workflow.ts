import type { FixableWorkflowRule } from '../../../protocol/capabilities.ts';
import { canonicalJson } from '../../../shared/canonical.ts';
import { parseDocument } from '../../../shared/yaml.ts';
import { readWorkflow } from '../read-workflow.ts';
import { insertLines } from './insertion.ts';
import { repairsOf, type Addition, type Repair, type RepairOptions } from './repairs.ts';

export interface FixOptions extends Partial<Pick<RepairOptions, 'wanted'>> {
  /** For the subjects: `path#jobs.<id>`. */
  readonly path: string;
  readonly timeoutMinutes: number;
}

export interface WorkflowFix {
  /** The workflow with the lines added; the same text where nothing was. */
  readonly text: string;
  readonly applied: readonly {
    readonly rule: FixableWorkflowRule;
    readonly subject: string;
    readonly lines: readonly string[];
  }[];
  /** Findings left to a person, and why. */
  readonly refused: readonly {
    readonly rule: FixableWorkflowRule;
    readonly subject: string;
    readonly reason: string;
  }[];
}

/**
 * Adds what the rules miss as lines of their own, and touches nothing else: comments, quotes, indentation and line ends
 * stay. Refuses what a line can't add safely, and everything where the result would read as more than the added keys.
 * A text that is no workflow comes back as it is.
 */
export function fixWorkflow(text: string, rules: readonly FixableWorkflowRule[], options: FixOptions): WorkflowFix {
  const reading = readWorkflow(options.path, text);
  if (reading.status !== 'workflow') return { text, applied: [], refused: [] };
  const complete = { wanted: () => true, ...options };
  const repairs = rules.flatMap((rule) => repairsOf[rule](reading.workflow, complete));
  const additions = [...new Set(repairs.flatMap((repair) => ('addition' in repair ? [repair.addition] : [])))];
  const fixed = insertLines(
    text,
    additions.map((addition) => addition.insertion),
  );
  return addsOnly(text, fixed, additions) ? outcome(fixed, repairs) : outcome(text, repairs.map(refuse));
}

function outcome(text: string, repairs: readonly Repair[]): WorkflowFix {
  return {
    text,
    applied: repairs.flatMap((repair) => {
      if (!('addition' in repair)) return [];
      return [
        {
          rule: repair.rule,
          subject: repair.subject,
          lines: repair.addition.insertion.lines.filter((line) => line !== ''),
        },
      ];
    }),
    refused: repairs.flatMap((repair) =>
      'reason' in repair ? [{ rule: repair.rule, subject: repair.subject, reason: repair.reason }] : [],
    ),
  };
}

function refuse(repair: Repair): Repair {
  if ('reason' in repair) return repair;
  return {
    rule: repair.rule,
    subject: repair.subject,
    reason: 'the added lines would change how the rest of the file reads',
  };
}

/** The proof of the edit: the new text reads as the old one with the keys added, and as nothing else. */
function addsOnly(before: string, after: string, additions: readonly Addition[]): boolean {
  try {
    const expected = valueOf(before);
    for (const addition of additions) add(expected, addition);
    return canonicalJson(expected) === canonicalJson(valueOf(after));
  } catch {
    return false;
  }
}

function valueOf(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
  if (document.errors.length > 0) throw new TypeError('not valid YAML');
  return document.toJS();
}

function add(value: unknown, addition: Addition): void {
  const parents = addition.keys.slice(0, -1);
  const owner = parents.reduce((node, key) => (node as Record<string, unknown>)[key], value) as Record<string, unknown>;
  const key = addition.keys.at(-1) ?? '';
  if (Object.hasOwn(owner, key)) throw new TypeError(`the key ${key} is there already`);
  owner[key] = addition.value;
}
