import { fieldsOf, listOf, textFieldsOf, textOf, textsOf } from './fields.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * Whether a LabelSelector (`matchLabels`, `matchExpressions`) takes an object with these labels. An empty selector takes
 * everything, a missing one nothing; an operator that Kubernetes doesn't know takes nothing.
 */
export function selectorMatches(selector: unknown, labels: Labels): boolean {
  if (selector === undefined || selector === null) return false;
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  return (
    labelsMatch(textFieldsOf(matchLabels), labels) &&
    listOf(matchExpressions).every((one) => expressionMatches(one, labels))
  );
}

/** Whether every wanted label is there with its value. */
export function labelsMatch(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

function expressionMatches(expression: unknown, labels: Labels): boolean {
  const { key, operator, values } = fieldsOf(expression);
  const name = textOf(key);
  if (name === undefined) return false;
  const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
  const listed = value !== undefined && textsOf(values).includes(value);
  if (operator === 'In') return listed;
  if (operator === 'NotIn') return !listed;
  if (operator === 'Exists') return value !== undefined;
  return operator === 'DoesNotExist' && value === undefined;
}
