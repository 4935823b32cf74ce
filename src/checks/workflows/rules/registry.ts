import { dangerousTriggers, persistCredentials } from './checkout.ts';
import { templateInjection } from './injection.ts';
import { noConcurrency, noTimeout } from './limits.ts';
import { missingPermissions, secretsInherit, writeAll } from './permissions.ts';
import { unpinnedImages, unpinnedUses } from './pinning.ts';
import type { RuleTheme, WorkflowRule } from './rule.ts';
import { duplicateTriggers, fullFetchDepth, setupWithoutCache } from './waste.ts';

/** Every rule about a readable workflow. A new rule: one constant, and one line here. */
export const workflowRules: readonly WorkflowRule[] = [
  dangerousTriggers,
  duplicateTriggers,
  fullFetchDepth,
  missingPermissions,
  noConcurrency,
  noTimeout,
  persistCredentials,
  secretsInherit,
  setupWithoutCache,
  templateInjection,
  unpinnedImages,
  unpinnedUses,
  writeAll,
];

/** The rule about files that are no workflow GitHub would run. */
export const syntaxRule = 'syntax';

const themes: ReadonlyMap<string, RuleTheme> = new Map([
  [`workflows/${syntaxRule}`, 'safety'],
  ...workflowRules.map((rule) => [`workflows/${rule.id}`, rule.theme] as const),
]);

/** The theme of a finding's rule, by its full id. */
export function themeOf(ruleId: string): RuleTheme | undefined {
  return themes.get(ruleId);
}
