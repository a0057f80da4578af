import type { Node } from '../node/node';
import { RunningNode } from '../node/running-node';
import { ExpectationError } from './expectation-error';
import { inventoryOf, newIn, type Inventory } from './inventory';

/** Finds what code under test has left on a node: compares with what was there when the check was made. */
export class LeakCheck {
  private readonly before: readonly { readonly node: Node; readonly inventory: Inventory }[];

  /** @internal */
  constructor(nodes: readonly Node[]) {
    this.before = nodes.map((node) => ({ node, inventory: takeInventory(node) }));
  }

  /** What is there now and was not, one thing in a line; empty if nothing is. */
  leaks(): string[] {
    return this.before.flatMap(({ node, inventory }) =>
      newIn(takeInventory(node), inventory).map((leak) => `${node.name}: ${leak}`),
    );
  }

  /**
   * Expects that nothing is left. Let what ends have ended: `settle` first.
   * @throws ExpectationError whose text names every process, name, timer, deadline, call, monitor and socket left
   */
  expectNone(): void {
    const leaks = this.leaks();
    if (leaks.length === 0) return;
    throw new ExpectationError(`something is left behind:\n${leaks.map((leak) => `  ${leak}`).join('\n')}`);
  }
}

/**
 * Begins a leak check: notes what the nodes hold now.
 * @throws BadArgumentError if one of them is no node
 */
export function leakCheck(...nodes: readonly Node[]): LeakCheck {
  return new LeakCheck(nodes);
}

/**
 * Expects that stopped nodes hold nothing any more.
 * @throws ExpectationError that names what is left
 */
export function expectNothingLeft(...nodes: readonly Node[]): void {
  const leaks = nodes.flatMap((node) =>
    newIn(takeInventory(node), null).map((leak) => `${node.name}: ${leak}`),
  );
  if (leaks.length > 0) {
    throw new ExpectationError(
      `something is left of stopped nodes:\n${leaks.map((leak) => `  ${leak}`).join('\n')}`,
    );
  }
}

function takeInventory(node: Node): Inventory {
  return inventoryOf(RunningNode.partsOf('leakCheck', node));
}
