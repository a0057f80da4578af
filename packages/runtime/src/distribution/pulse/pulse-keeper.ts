import { errorToData } from '../../terms/exit-reason';
import { hostOf, type NodeName } from '../../terms/node-name';
import type { ClockTimer } from '../../terms/clock';
import type { LocalNode } from '../../node/local-node';
import type { Cookie } from '../handshake/cookie';
import type { CookieJar } from '../handshake/cookie-jar';
import { bindAddress, connectAddress } from '../../terms/host-address';
import { awaitPatiently } from '../../process/patient-timer';
import type { AskPulse, Pulse, PulseAnswer, PulseLine, PulseOwner, PulseQuestion } from './pulse-line';
import type { PulseOptions } from './pulse-options';
import { pulseSecret } from './pulse-proof';

/** The first connections of a node have better things to do than to wait for a thread to start. */
const longestDelayMs = 1_000;
const longestBeatMs = 1_000;
/** How often the event loop beats in a net tick period, and how soon after the first connection the pulse is there. */
const beatsPerPeriod = 16;

/** A connection over which a node is told where a pulse listens. */
export interface PulseListener {
  tellPulse(port: number): void;
}

/** What the pulse of a node needs. */
export interface PulseKeeperOptions {
  readonly node: LocalNode;
  readonly cookies: Pick<CookieJar, 'all' | 'of'>;
  /** By which nodes are asked, if they can be. */
  readonly transport: { readonly pulse?: PulseLine };
  readonly pulse?: PulseOptions | false | undefined;
  /** The address to listen on. Default: the loopback address of the node's name if it is one, else every address. */
  readonly host?: string | undefined;
  readonly netTickMs: number;
  /** Who is told when it listens. */
  readonly peers: ReadonlyMap<NodeName, { readonly connection: PulseListener | null }>;
}

/** Keeps the pulse of this node, from its first connection on, and asks those of others. */
export class PulseKeeper {
  private pulse: Pulse | null = null;
  private opening: Promise<void> | null = null;
  private timer: ClockTimer | null = null;
  private isStopping = false;
  /** The cookies that the pulse knows of. */
  private told: readonly Cookie[] = [];
  private readonly beatMs: number;

  constructor(private readonly options: PulseKeeperOptions) {
    this.beatMs = Math.min(options.netTickMs / beatsPerPeriod, longestBeatMs);
  }

  /** A node has connected: it is told, and the first one has the pulse opened. */
  wanted(connection: PulseListener): void {
    if (this.pulse !== null) connection.tellPulse(this.pulse.port);
    const { pulse, transport, node, netTickMs } = this.options;
    const { pulse: line } = transport;
    const isThere = this.pulse !== null || this.opening !== null || this.timer !== null;
    if (line === undefined || pulse === false || isThere || this.isStopping) return;
    const delayMs = Math.min(netTickMs / beatsPerPeriod, longestDelayMs);
    this.timer = node.clock.setTimer(() => {
      this.timer = null;
      this.opening = this.open(line, pulse?.port);
    }, delayMs);
  }

  /**
   * How to ask the pulse of another node; `null` if this node asks nobody. It is asked at the address its connection comes
   * from, and, as that need not be one it listens on, at the host of its name.
   */
  asker(owner: PulseOwner, remoteHost: string, port: number): AskPulse | null {
    const { transport, cookies, node } = this.options;
    const { pulse: line } = transport;
    if (line === undefined) return null;
    const report = { type: 'connection', event: 'pulse', peer: owner.name } as const;
    node.log.report('debug', { ...report, problem: `port ${String(port)}` });
    const hosts = new Set([remoteHost.replace(/^::ffff:/, ''), connectAddress(hostOf(owner.name))]);
    return async (timeoutMs) => {
      const question = { port, owner, secrets: cookies.of(owner.name).map(pulseSecret) };
      for (const host of hosts) {
        const answer = await this.ask(line, { ...question, host }, timeoutMs / hosts.size);
        if (answer !== undefined) return answer;
      }
      return undefined;
    };
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.timer?.cancel();
    this.timer = null;
    await this.opening;
    await this.pulse?.close();
    this.pulse = null;
  }

  private async ask(
    line: PulseLine,
    question: Omit<PulseQuestion, 'signal'>,
    timeoutMs: number,
  ): Promise<PulseAnswer | undefined> {
    const abort = new AbortController();
    const timer = awaitPatiently(this.options.node.clock, timeoutMs, () => {
      abort.abort();
    });
    const answer = await line.ask({ ...question, signal: abort.signal });
    timer.cancel();
    return answer;
  }

  private async open(line: PulseLine, port = 0): Promise<void> {
    const { node, host } = this.options;
    try {
      this.pulse = await line.open({
        host: host ?? bindAddress(hostOf(node.name)),
        port,
        self: { name: node.name, creation: node.creation },
        beatMs: this.beatMs,
        secrets: [],
        onEnd: (problem) => {
          this.lost(new Error(problem));
        },
      });
    } catch (error) {
      this.lost(error);
      return;
    } finally {
      this.opening = null;
    }
    if (this.isStopping) return;
    this.beat();
    for (const { connection } of this.options.peers.values()) connection?.tellPulse(this.pulse.port);
  }

  /** Without one, nodes tell this one's life by its connections alone. The next that connects has it tried again. */
  private lost(error: unknown): void {
    this.timer?.cancel();
    this.timer = this.pulse = null;
    this.told = [];
    const problem = 'this node has no pulse: one that blocks for long is taken for dead';
    this.options.node.log.report('warning', { type: 'nodeError', problem, error: errorToData(error) });
  }

  private readonly beat = (): void => {
    this.pulse?.beat();
    this.tellCookies();
    this.timer = this.options.node.clock.setTimer(this.beat, this.beatMs);
  };

  /** A cookie may have come since the last beat, or the time of one may be over. */
  private tellCookies(): void {
    const cookies = this.options.cookies.all();
    const isTold = cookies.length === this.told.length && cookies.every((one, i) => one === this.told[i]);
    if (isTold) return;
    this.told = cookies;
    this.pulse?.accept(cookies.map(pulseSecret));
  }
}
