import { z } from 'zod';
import { retryWait } from '../../src/masters/retry.ts';
import { planJsonSchema } from '../../src/plan/json-schema.ts';
import { kindDefaults } from '../../src/plan/kind-defaults.ts';
import { aclRules, type StoreRole } from '../../src/coordination/redis/acl.ts';
import { workflowRules } from '../../src/checks/workflows/rules/registry.ts';
import { settings } from '../../src/entry/settings.ts';
import { capabilities, fixableWorkflowRules, type CapabilityCard } from '../../src/protocol/capabilities.ts';
import { eventData, eventTypes, failureClasses } from '../../src/protocol/event.ts';
import { factTable } from '../../src/protocol/facts.ts';
import { secretFormats } from '../../src/shared/secret-formats.ts';
import { fieldRows, type FieldRow, type JsonSchema } from './schema-rows.ts';

/** The parts of the pages that say what the code says, by the name in their marker. */
export const sections: Readonly<Record<string, () => string>> = {
  'plan-fields': planFields,
  'kind-defaults': kindDefaultsTable,
  facts: factsTable,
  flags: flagsTable,
  capabilities: capabilitiesTable,
  inputs: inputsTable,
  'workflow-rules': workflowRulesTable,
  'secret-formats': secretFormatsTable,
  events: eventsTable,
  retries: retriesTable,
  'redis-users': redisUsers,
};

const marker = /<!-- from the code: ([a-z-]+) -->\n[^]*?<!-- end -->/g;

/** A page with its marked parts as the code has them now. Throws for a marker that nothing stands behind. */
export function withSections(text: string): string {
  return text.replace(marker, (_whole, name: string) => {
    const section = sections[name];
    if (section === undefined) throw new Error(`no section is called ${name}`);
    return `<!-- from the code: ${name} -->\n\n${section()}\n\n<!-- end -->`;
  });
}

/** The names in the markers of a page. */
export function sectionNames(text: string): readonly string[] {
  return [...text.matchAll(marker)].map(([, name = '']) => name);
}

function planFields(): string {
  const rows = fieldRows(planJsonSchema() as JsonSchema, '', {
    closed: new Set(['spec.masters[].tasks[]', 'spec.tasks[].resources']),
    alike: { 'spec.workers': '<kind>' },
  });
  return table(['Field', 'Type', 'Default', 'Meaning'], rows.filter(({ path }) => path !== 'spec').map(fieldCells));
}

function fieldCells({ path, type, fallback, required, meaning }: FieldRow): readonly string[] {
  return [code(path), type, required ? 'required' : fallback === undefined ? '' : code(fallback), meaning];
}

function kindDefaultsTable(): string {
  return table(
    ['Kind', 'Tokens', 'Timeout', 'Retries', 'CPU', 'Memory', 'Disk'],
    Object.entries(kindDefaults).map(([kind, each]) => [
      code(kind),
      String(each.tokens),
      each.timeout,
      String(each.retries),
      each.cpu,
      each.memory,
      each.disk,
    ]),
  );
}

function factsTable(): string {
  const rows = Object.entries(factTable).flatMap(([group, facts]) =>
    Object.entries(facts).map(([fact, [type, meaning]]) => [code(`${group}.${fact}`), type, meaning]),
  );
  return table(['Fact', 'Type', 'Meaning'], rows);
}

function flagsTable(): string {
  const own = settings.filter(({ replacedBy }) => replacedBy === undefined);
  return table(
    ['Flag', 'Meaning', 'Commands', 'Input of the action'],
    own.map(({ flag, value, help, commands, input }) => [
      code(`--${flag}${value === undefined ? '' : ` ${value}`}`),
      help,
      commands.includes('*') ? 'all' : commands.join(', '),
      input === undefined ? '' : code(input),
    ]),
  );
}

interface NamedCard {
  readonly name: string;
  readonly card: CapabilityCard;
}

function allCards(): readonly NamedCard[] {
  return Object.entries(capabilities).flatMap(([kind, cards]) =>
    Object.entries(cards).map(([capability, card]) => ({ name: `${kind}/${capability}`, card })),
  );
}

function capabilitiesTable(): string {
  const yes = (is: boolean): string => (is ? 'yes' : '');
  return table(
    ['Capability', 'What it does', 'Model', 'History', 'Runs commands', 'Proposes changes'],
    allCards().map(({ name, card }) => [
      code(name),
      card.title,
      yes(card.needsModel),
      yes(card.needsHistory),
      yes(card.runsCommands),
      yes(card.proposesChanges),
    ]),
  );
}

function inputsTable(): string {
  const rows = allCards().flatMap(({ name, card }) => {
    const schema = z.toJSONSchema(card.inputs, { target: 'draft-7', io: 'input' }) as JsonSchema;
    const options = { closed: new Set(['shard']), alike: {} };
    return fieldRows(schema, '', options).map((row) => [code(name), ...fieldCells(row)]);
  });
  return table(['Capability', 'Input', 'Type', 'Default', 'Meaning'], rows);
}

function workflowRulesTable(): string {
  const fixable = new Set<string>(fixableWorkflowRules);
  return table(
    ['Rule', 'Found by', 'Severity', 'Basis', 'Remedy'],
    workflowRules.map(({ id, theme, severity, basis, remedy }) => [
      code(`workflows/${id}`),
      theme === 'safety' ? code('scan-worker/workflows') : code('analysis-worker/workflows'),
      severity,
      basis,
      `${remedy}${fixable.has(id) ? ' `fix-workflows` can add it.' : ''}`,
    ]),
  );
}

function secretFormatsTable(): string {
  return table(
    ['Rule', 'What', 'Severity'],
    secretFormats.map(({ id, title, severity }) => [code(`secrets/${id}`), title, severity]),
  );
}

function eventsTable(): string {
  return table(
    ['Event', 'Data'],
    eventTypes.map((type) => [code(type), Object.keys(eventData[type].shape).map(code).join(', ')]),
  );
}

/** Asks the rule itself: a cap that follows the plan's retries is told by a number that nothing else has. */
function retriesTable(): string {
  const planRetries = 7;
  const question = { planRetries, baseMs: 30_000, leftMs: Number.MAX_SAFE_INTEGER, timeoutMs: 0 };
  const waitOf = (failure: (typeof failureClasses)[number], seen: number): number | null =>
    retryWait({ ...question, class: failure, seen });
  return table(
    ['Failure class', 'Further attempts', 'First wait'],
    failureClasses.map((failure) => {
      let cap = 0;
      while (waitOf(failure, cap + 1) !== null) cap += 1;
      const first = waitOf(failure, 1);
      return [
        code(failure),
        cap === planRetries ? "the task's `retries`" : String(cap),
        first === null ? '' : `${first / 1000} s`,
      ];
    }),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Lines of an ACL file, as the server reads them. */
function redisUsers(): string {
  const line = (role: StoreRole): string => `user cortex-${role} ${aclRules(role).join(' ')} >${role}-password`;
  const lines = ['user default off', line('master'), line('worker'), line('exporter')];
  return ['```text', ...lines, '```'].join('\n');
}
