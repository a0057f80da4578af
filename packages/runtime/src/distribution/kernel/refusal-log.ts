import type { Clock, ClockTimer } from '../../terms/clock';
import type { NodeName } from '../../terms/node-name';
import type { NodeLog } from '../../node/log/node-log';
import { addressGroup } from '../socket/address-group';

/** So many refusals are logged one by one within so many milliseconds; the others are counted. */
const burst = 20;
const burstMs = 10_000;
/** Of the others, so many are logged all the same that tell the name of a node, and so many of one address. */
const namedAtAll = 20;
const namedOfOne = 2;

/** Who somebody says to be that was refused, and where that is. */
export interface Claim {
  readonly node: NodeName;
  readonly host: string;
}

/**
 * Logs who was refused at the door. Anybody can knock as often as it likes, and must not fill the log with it: what is
 * too much is counted, and one line says how much that was. A node with a wrong cookie is not to be lost among strangers:
 * each that tells its name is logged once in a while, unless there are many, or many of its address.
 */
export class RefusalLog {
  private logged = 0;
  private unlogged = 0;
  private last = { address: '', problem: '' };
  private window: ClockTimer | null = null;
  private readonly named = new Set<NodeName>();
  private readonly namedOf = new Map<string, number>();
  private namedLate = 0;

  constructor(
    private readonly log: NodeLog,
    private readonly clock: Clock,
  ) {}

  /** @param claim if it told a name */
  refused(address: string, problem: string, claim?: Claim): void {
    this.window ??= this.clock.setTimer(() => {
      this.flush();
    }, burstMs);
    if (this.logged < burst) {
      this.logged += 1;
      if (claim !== undefined) this.named.add(claim.node);
      this.log.report('warning', { type: 'connection', event: 'refused', address, problem });
    } else if (claim !== undefined && this.mayName(claim)) {
      this.log.report('warning', { type: 'connection', event: 'refused', address, problem });
    } else {
      this.unlogged += 1;
      this.last = { address, problem };
    }
  }

  /** Says what was counted so far, and begins anew. */
  flush(): void {
    this.window?.cancel();
    this.window = null;
    this.logged = this.namedLate = 0;
    this.named.clear();
    this.namedOf.clear();
    if (this.unlogged === 0) return;
    const more = this.unlogged;
    this.unlogged = 0;
    this.log.report('warning', { type: 'connection', event: 'refused', ...this.last, more });
  }

  /** Whether a node gets a line though there are too many, and notes that it does. */
  private mayName({ node, host }: Claim): boolean {
    const group = addressGroup(host);
    const ofGroup = this.namedOf.get(group) ?? 0;
    if (this.named.has(node) || this.namedLate >= namedAtAll || ofGroup >= namedOfOne) return false;
    this.named.add(node);
    this.namedOf.set(group, ofGroup + 1);
    this.namedLate += 1;
    return true;
  }
}
