/** This node serves the port mapper of its host, and the names that it knows have changed: one came, or one went. */
export interface MappedNames {
  readonly type: 'mappedNames';
  /** The parts of the names before the `@`, in the order they came. The first is this node's own. */
  readonly names: readonly string[];
}
