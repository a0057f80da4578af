/**
 * A node of another make: written by `docs/wire-protocol.md` alone, with `ws` and `cbor-x`, and nothing of the packages.
 * What it can do shows that the document says enough; and since nobody checks what it sends, it can send anything.
 */
import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { Encoder } from 'cbor-x';
import { WebSocket } from 'ws';

const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });
const version = 1;
const tick = 16;
const tock = 17;
const fragment = 20;
const leaving = 21;

export type PlainSignal = readonly [opcode: number, ...fields: unknown[]];

export interface PlainPeerOptions {
  readonly url: string;
  /** The name of the node that listens there. */
  readonly to: string;
  readonly name: string;
  readonly cookie: string;
}

interface Waiter {
  readonly opcode: number;
  resolve(signal: PlainSignal): void;
  reject(error: Error): void;
}

export class PlainPeer {
  readonly creation = randomInt(2 ** 32);
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
  private readonly received: PlainSignal[] = [];
  private readonly waiters: Waiter[] = [];
  private readonly unfinished = new Map<number, Buffer[]>();
  private announced: { id: number; left: number } | null = null;
  private isClosed = false;
  private onTick: () => void = () => undefined;

  private constructor(
    private readonly socket: WebSocket,
    private readonly options: PlainPeerOptions,
  ) {
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.isClosed = true;
        for (const { reject } of this.waiters.splice(0)) reject(new Error('the connection is closed'));
        resolve();
      });
    });
  }

  /** Connects, and shakes hands. */
  static async connect(options: PlainPeerOptions): Promise<PlainPeer> {
    const peer = new PlainPeer(await openSocket(options.url), options);
    await peer.shakeHands();
    return peer;
  }

  /** A pid of this node. */
  pid(number: number): string {
    return `<${this.options.name}/${String(number)}.0/${this.creation.toString(36)}>`;
  }

  /** Sends signals together, in one frame. */
  send(...signals: PlainSignal[]): void {
    this.sendBytes(Buffer.concat(signals.map((signal) => cbor.encode(signal))));
  }

  sendBytes(bytes: Uint8Array | string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(bytes);
  }

  /** The next signal of a kind; those of other kinds stay. */
  next(opcode: number): Promise<PlainSignal> {
    const index = this.received.findIndex(([code]) => code === opcode);
    if (index >= 0) return Promise.resolve(this.received.splice(index, 1)[0] as PlainSignal);
    if (this.isClosed) return Promise.reject(new Error('the connection is closed'));
    return new Promise((resolve, reject) => this.waiters.push({ opcode, resolve, reject }));
  }

  /** Resolves when so many ticks more have come; they are answered in any case. */
  ticksHeard(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.onTick = () => {
        count -= 1;
        if (count === 0) resolve();
      };
    });
  }

  close(): Promise<void> {
    this.socket.close(1000);
    return this.closed;
  }

  private async shakeHands(): Promise<void> {
    const { name, cookie, to } = this.options;
    const { creation } = this;
    const nonce = randomBytes(32).toString('hex');
    const hello = { type: 'hello', protocol: 'trestle', version, name, creation, hidden: true, nonce };
    const challenge = await this.ask(hello, 'challenge');
    if (challenge.name !== to) throw new Error(`reached ${String(challenge.name)}`);
    const introductions = [nonce, challenge.nonce, name, to, creation, challenge.creation, true];
    const proofs = [proofOf(cookie, ['initiator', ...introductions])];
    const verdict = await this.ask({ type: 'proof', proofs }, 'verdict');
    const { admission, hidden, proof } = verdict;
    if (proof !== proofOf(cookie, ['acceptor', ...introductions, admission, hidden]))
      throw new Error('it does not know the cookie');
    if (admission !== 'ok') throw new Error(`not admitted: ${String(admission)}`);
    // It may have sent signals right behind its verdict: nothing was awaited since, so none is missed.
  }

  private ask(question: object, answer: string): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      void this.closed.then(() => reject(new Error('the connection is closed')));
      this.socket.once('message', (data: Buffer, isBinary) => {
        const message = JSON.parse(data.toString()) as Record<string, unknown>;
        if (isBinary || message.type !== answer) reject(new Error(data.toString()));
        if (answer === 'verdict') this.socket.on('message', this.receive);
        resolve(message);
      });
      this.socket.send(JSON.stringify(question));
    });
  }

  private readonly receive = (frame: Buffer): void => {
    if (this.announced !== null) {
      this.takeFragment(frame, this.announced);
      return;
    }
    cbor.decodeMultiple(frame, (signal: unknown) => {
      this.hear(signal as PlainSignal);
    });
  };

  private hear(signal: PlainSignal): void {
    if (signal[0] === tick) {
      this.send([tock]);
      this.onTick();
    } else if (signal[0] === leaving && signal[1] === false) this.send([leaving, true]);
    else if (signal[0] === fragment) this.announced = { id: Number(signal[1]), left: Number(signal[2]) };
    else this.hand(signal);
  }

  private takeFragment(frame: Buffer, { id, left }: { id: number; left: number }): void {
    this.announced = null;
    const parts = [...(this.unfinished.get(id) ?? []), frame];
    this.unfinished.set(id, parts);
    if (left > 0) return;
    this.unfinished.delete(id);
    this.hand(cbor.decode(Buffer.concat(parts)) as PlainSignal);
  }

  private hand(signal: PlainSignal): void {
    const index = this.waiters.findIndex(({ opcode }) => opcode === signal[0]);
    const [waiter] = index < 0 ? [] : this.waiters.splice(index, 1);
    if (waiter === undefined) this.received.push(signal);
    else waiter.resolve(signal);
  }
}

/** Opens a WebSocket to a node, and says nothing. */
export function openSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, 'trestle.1', { perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

function proofOf(cookie: string, fields: readonly unknown[]): string {
  return createHmac('sha256', cookie)
    .update(JSON.stringify(['trestle', version, ...fields]))
    .digest('hex');
}
