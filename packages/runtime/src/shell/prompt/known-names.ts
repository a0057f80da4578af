import type { Node } from '../../node/node';
import { hostOf, noNode, type NodeName } from '../../terms/node-name';
import { mapperPort } from '../../distribution/port-mapper/mapper-port';
import { names } from '../../distribution/port-mapper/mapper-client';

const loopback = '127.0.0.1';
/** How long an answer of the port mapper is good enough: completion asks at every key. */
const freshMs = 1_000;

/** The nodes there is reason to type: the connected ones, and those of this host. */
export class KnownNames {
  private ofHost: NodeName[] = [];
  private askedAt = -Infinity;

  constructor(private readonly node: Node) {}

  /** What is known now; the port mapper is asked in the background for the next time. */
  list(): NodeName[] {
    void this.refresh();
    return [this.node.name, ...this.node.list('connected'), ...this.ofHost].filter((name) => name !== noNode);
  }

  /** Asks the port mapper, unless that was done a moment ago. */
  async refresh(): Promise<void> {
    const { name, clock } = this.node;
    if (clock.now() - this.askedAt < freshMs) return;
    this.askedAt = clock.now();
    const host = name === noNode ? loopback : hostOf(name);
    try {
      const known = await names({ host, port: mapperPort(process.env), clock });
      this.ofHost = known.map((other) => `${other.name}@${host}`);
    } catch {
      // Whoever completes a name does not want to hear about the port mapper.
      this.ofHost = [];
    }
  }
}
