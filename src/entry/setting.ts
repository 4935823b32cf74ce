/** One setting: a flag, and the input of the action where it has one. */
export interface Setting {
  readonly flag: string;
  readonly type: 'string' | 'boolean';
  /** How the value is shown in help. */
  readonly value?: string;
  readonly help: string;
  readonly commands: readonly string[];
  /** Name of the action's input, where it has one. */
  readonly input?: string;
  /** Set for flags of the first Cortex that this one does not have: what to use instead. */
  readonly replacedBy?: string;
}
