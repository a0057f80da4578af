import { z } from '#zod';
import type { NodeName } from '../../terms/node-name';

/**
 * When a node connects to others though nobody has said `connect`: whenever something is sent to them (`'auto'`), until
 * the connection was lost for the first time (`'once'`), or not at all (`'never'`). OTP: `dist_auto_connect`.
 */
export type DistMode = 'auto' | 'once' | 'never';

export const distSchema = z.enum(['auto', 'once', 'never'], "'auto', 'once' or 'never'");

/** Which nodes may be connected to without being told so. */
export class AutoConnect {
  /** Those that were lost once, and not connected to on purpose since. */
  private readonly barred = new Set<NodeName>();

  constructor(private readonly mode: DistMode) {}

  allows(node: NodeName): boolean {
    return this.mode === 'auto' || (this.mode === 'once' && !this.barred.has(node));
  }

  /** The connection to a node is gone. */
  lost(node: NodeName): void {
    if (this.mode === 'once') this.barred.add(node);
  }

  /** A node is connected, by whomever. */
  connected(node: NodeName): void {
    this.barred.delete(node);
  }
}
