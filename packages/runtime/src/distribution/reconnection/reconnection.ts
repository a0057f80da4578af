import { defaultBackOff } from '../../terms/back-off';
import type { Departed } from '../../terms/departed';
import type { NodeName } from '../../terms/node-name';
import type { AllowedNodes } from '../../node/options/allowed-nodes';
import type { LocalNode } from '../../node/local-node';
import type { PeerInfo } from '../handshake/peer-info';
import type { HandshakeOutcome } from '../connection/handshake-exchange';
import { FailedDials } from './failed-dials';
import { Departures } from './departures';
import { AutoConnect, type DistMode } from './auto-connect';
import type { RedialOptions } from './redial-options';
import { Redialler } from './redialler';

/** What a connection ends with when somebody wanted it to: nobody dials then. */
const wantedEnds: readonly string[] = ['disconnect', 'left'];

/** How a node comes back to others. */
export interface ReconnectionOptions {
  readonly node: LocalNode;
  readonly allowedNodes: AllowedNodes;
  /** Default `'auto'`. */
  readonly dist?: DistMode | undefined;
  /** How long to wait between dials; `false` dials lost nodes only when something is sent to them. */
  readonly redial?: RedialOptions | false | undefined;
  readonly connect: (node: NodeName) => Promise<boolean>;
}

/** Decides which nodes may be connected to without being told so, and has those dialled that were lost or told of. */
export class Reconnection {
  private readonly auto: AutoConnect;
  private readonly redialler: Redialler | null;
  private readonly departures = new Departures();
  private readonly failedDials: FailedDials;

  constructor(private readonly options: ReconnectionOptions) {
    const { node, dist = 'auto', redial = defaultBackOff, connect } = options;
    this.auto = new AutoConnect(dist);
    this.failedDials = new FailedDials(node.log);
    this.redialler = redial === false || dist === 'never' ? null : new Redialler(node, redial, connect);
  }

  /** Whether a node may be dialled because something is sent to it. */
  allows(node: NodeName): boolean {
    return this.auto.allows(node);
  }

  /** The nodes that took their leave and have not come back, as far as it is known. */
  get left(): readonly Departed[] {
    return this.departures.all();
  }

  cameUp({ name }: PeerInfo): void {
    this.departures.forget(name);
    this.failedDials.forget(name);
    this.auto.connected(name);
    this.redialler?.settled(name);
  }

  /**
   * A hidden node comes and goes as it likes: a shell that was closed is dialled by nobody.
   * @returns it, if it has taken its leave: the others are to be told
   */
  wentDown(info: PeerInfo, reason: string): readonly Departed[] {
    const { name, creation, hidden } = info;
    const left = reason === 'left' && !hidden ? [{ name, creation }] : [];
    this.auto.lost(name);
    this.departures.note(left);
    const isWanted = !hidden && !wantedEnds.includes(reason) && !this.departures.has(info);
    if (isWanted && this.auto.allows(name) && this.options.allowedNodes.has(name)) this.redialler?.lost(info);
    return left;
  }

  /** Others tell of nodes that took their leave. */
  departed(nodes: readonly Departed[]): void {
    this.departures.note(nodes);
    for (const life of nodes) this.redialler?.departed(life);
  }

  /** A node was dialled, or dialled, in vain. */
  failed(node: NodeName, outcome: HandshakeOutcome): void {
    this.failedDials.failed(node, outcome);
  }

  /** Another node tells of one that is not connected. */
  told(node: NodeName): void {
    if (!this.auto.allows(node) || !this.options.allowedNodes.has(node)) return;
    if (this.redialler === null) void this.options.connect(node);
    else this.redialler.told(node);
  }

  /** The node is to be dialled no more, unless it is used. */
  leaveAlone(node: NodeName): void {
    this.redialler?.settled(node);
  }

  stop(): void {
    this.redialler?.stop();
  }
}
