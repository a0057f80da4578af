import { z } from '#zod';
import type { NodeName } from '../../terms/node-name';
import { nodePatternSchema } from '../../terms/node-pattern';
import { checkOptions } from '../../terms/options';
import { textTest, type TextTest } from '../../terms/text-pattern';

/** Names of nodes, or patterns of them. None at all would read as nobody, and mean everybody in OTP. */
export const allowSchema = z.array(nodePatternSchema, 'node names').min(1, 'one node name at least');

/** @throws BadArgumentError if it is no list of names and patterns, or an empty one */
export function checkAllowed(nodes: readonly string[]): readonly string[] {
  return checkOptions('allow', z.strictObject({ nodes: allowSchema }), { nodes }).nodes;
}

/** Which nodes may be connected to this one: all of them, until some are named. OTP: `net_kernel:allow/1`. */
export class AllowedNodes {
  private patterns: readonly string[];
  private test: TextTest;

  constructor(patterns: readonly string[] = []) {
    this.patterns = patterns;
    this.test = textTest(patterns);
  }

  /** Those, besides those that were named before. */
  allow(patterns: readonly string[]): void {
    this.patterns = [...new Set([...this.patterns, ...patterns])];
    this.test = textTest(this.patterns);
  }

  list(): readonly string[] | undefined {
    return this.patterns.length === 0 ? undefined : this.patterns;
  }

  has(node: NodeName): boolean {
    return this.patterns.length === 0 || this.test(node);
  }
}
