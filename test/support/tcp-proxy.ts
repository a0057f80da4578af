import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One connection through the proxy: an end to each side. */
interface Passage {
  readonly ends: readonly [Socket, Socket];
  isHeld: boolean;
  /** The ends that came while it was held. */
  readonly held: (() => void)[];
}

/** Stands between two nodes, and does to their TCP connections what networks do. */
export class TcpProxy {
  /** How many connections it has taken so far. */
  taken = 0;
  private cutBy: 'reset' | 'hold' | undefined;
  private readonly passages = new Set<Passage>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (client) => this.take(client));
  }

  /** @param target the port of the loopback address to which it passes on */
  static async start(target: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** How many connections are open. */
  get open(): number {
    return this.passages.size;
  }

  /** Resets the connections there are: both sides are told at once. */
  reset(): void {
    for (const { ends } of this.passages) for (const end of ends) end.resetAndDestroy();
  }

  /** Nothing gets through the connections there are from now on, not even their end. New ones are not affected. */
  hold(): void {
    for (const passage of this.passages) holdPassage(passage);
  }

  /**
   * Lets nothing through until `mend`, be it by new connections.
   * @param by whether both sides are told, now and whenever one of them connects, or left waiting
   */
  cut(by: 'reset' | 'hold'): void {
    this.cutBy = by;
    this[by]();
  }

  /** Ends a cut. */
  mend(): void {
    this.cutBy = undefined;
    this.release();
  }

  /** What was held goes on its way, if there is still somebody to take it. */
  release(): void {
    for (const passage of this.passages) {
      passage.isHeld = false;
      for (const end of passage.ends) end.resume();
      for (const act of passage.held.splice(0)) act();
    }
  }

  async stop(): Promise<void> {
    this.reset();
    this.server.close();
    await once(this.server, 'close');
  }

  private take(client: Socket): void {
    this.taken += 1;
    if (this.cutBy === 'reset') {
      client.on('error', () => {}).resetAndDestroy();
      return;
    }
    const ends = [client, connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true })] as const;
    const passage: Passage = { ends, isHeld: false, held: [] };
    this.passages.add(passage);
    join(passage, ends[0], ends[1]);
    join(passage, ends[1], ends[0]);
    for (const end of ends) {
      end.once('close', () => {
        if (ends.every(({ closed }) => closed)) this.passages.delete(passage);
      });
    }
    if (this.cutBy === 'hold') holdPassage(passage);
  }
}

function holdPassage(passage: Passage): void {
  passage.isHeld = true;
  for (const end of passage.ends) end.pause();
}

/** What comes from one end leaves by the other, its end too. */
function join(passage: Passage, from: Socket, to: Socket): void {
  from.on('error', () => {});
  from.on('data', (bytes) => to.writable && to.write(bytes));
  // A socket that is paused still tells of its end.
  const act = (end: () => void): void => {
    if (passage.isHeld) passage.held.push(end);
    else end();
  };
  from.on('end', () => act(() => to.end()));
  from.on('close', () => act(() => to.destroy()));
}
