import { parseDocument } from '../../src/shared/yaml.ts';

/** A YAML text as plain data. */
export function parse(text: string): unknown {
  return parseDocument(text).toJS();
}
