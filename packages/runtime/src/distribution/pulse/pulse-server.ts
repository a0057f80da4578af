import type Crypto from 'node:crypto';
import type Net from 'node:net';

/** What the thread of a pulse is started with. */
export interface PulseServerData {
  readonly host: string | undefined;
  readonly port: number;
  readonly name: string;
  readonly creation: number;
  readonly greeting: string;
  /** How often the event loop beats if it is not blocked. */
  readonly beatMs: number;
  readonly secrets: readonly string[];
  /** Two numbers of 64 bits: when the event loop of the node has beaten last, in nanoseconds, and how often. */
  readonly beats: SharedArrayBuffer;
  readonly limits: {
    readonly maxConnections: number;
    readonly maxBytes: number;
    readonly timeoutMs: number;
  };
}

/** What the thread tells the node. */
export type PulseServerReport = { readonly port: number } | { readonly problem: string };

/** What Node gives the program of a thread. */
interface ThreadModules {
  readonly net: typeof Net;
  readonly crypto: typeof Crypto;
  readonly onSecrets: (take: (secrets: readonly string[]) => void) => void;
  readonly report: (report: PulseServerReport) => void;
}

/**
 * Answers, on a thread of its own, for how long the event loop of its node has not turned. Whoever asks proves that it
 * knows the cookie: it gets a nonce, and answers with one of its own and a proof over both.
 *
 * This class is the program of the thread, **as text**: it must use nothing of this module or of any other, so that it
 * runs from source, from a build, under a test runner and from a bundle alike.
 */
export class PulseServer {
  private readonly server: Net.Server;
  private readonly heart: BigInt64Array;
  private secrets: readonly string[];

  constructor(
    private readonly data: PulseServerData,
    private readonly modules: ThreadModules,
  ) {
    this.secrets = data.secrets;
    modules.onSecrets((secrets) => (this.secrets = secrets));
    this.heart = new BigInt64Array(data.beats);
    this.server = modules.net.createServer((socket) => {
      this.greet(socket);
    });
    this.server.maxConnections = data.limits.maxConnections;
    this.server.on('error', (error) => {
      modules.report({ problem: error.message });
    });
    const { host, port } = data;
    this.server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      modules.report({ port: (this.server.address() as { port: number }).port });
    });
  }

  private greet(socket: Net.Socket): void {
    const { limits, greeting } = this.data;
    const nonce = this.modules.crypto.randomBytes(32).toString('hex');
    const timer = setTimeout(() => socket.destroy(), limits.timeoutMs);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
    });
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (text.length > limits.maxBytes) socket.destroy();
      else if (end >= 0) this.answer(socket, nonce, text.slice(0, end));
    });
    socket.write(`${greeting} ${nonce}\n`);
  }

  private answer(socket: Net.Socket, nonce: string, line: string): void {
    socket.removeAllListeners('data');
    const question = this.parse(line);
    const secret = this.secrets.find((one) => this.isProven(one, nonce, question));
    if (secret === undefined) {
      socket.destroy();
      return;
    }
    const age = process.hrtime.bigint() - Atomics.load(this.heart, 0);
    const blockedMs = Math.max(0, Math.round(Number(age / 1_000_000n) - this.data.beatMs));
    const beats = Number(Atomics.load(this.heart, 1));
    const proof = this.proof(secret, 'answer', nonce, question.nonce, blockedMs, beats);
    socket.end(`${JSON.stringify({ blockedMs, beats, proof })}\n`);
  }

  private parse(line: string): { readonly nonce: string; readonly proofs: readonly unknown[] } {
    try {
      const { nonce, proofs } = JSON.parse(line) as Record<string, unknown>;
      return { nonce: String(nonce), proofs: Array.isArray(proofs) ? proofs : [] };
    } catch {
      return { nonce: '', proofs: [] };
    }
  }

  /** Whether one of the proofs is that of a secret. */
  private isProven(
    secret: string,
    nonce: string,
    question: { nonce: string; proofs: readonly unknown[] },
  ): boolean {
    const expected = Buffer.from(this.proof(secret, 'question', nonce, question.nonce));
    return question.proofs.some((proof) => {
      const given = Buffer.from(String(proof));
      return given.length === expected.length && this.modules.crypto.timingSafeEqual(given, expected);
    });
  }

  /** As in pulse-proof.ts, which this text cannot use. */
  private proof(secret: string, role: string, nonce: string, askerNonce: string, ...more: number[]): string {
    const { name, creation } = this.data;
    const text = JSON.stringify([role, nonce, askerNonce, name, creation, ...more]);
    return this.modules.crypto.createHmac('sha256', secret).update(text).digest('hex');
  }
}

/** The program of the thread. Some compilers mark functions with a helper `__name`, which is not there. */
export function pulseProgram(): string {
  return `const { parentPort, workerData } = require('node:worker_threads');
const __name = (value) => value;
new (${PulseServer.toString()})(workerData, {
  net: require('node:net'),
  crypto: require('node:crypto'),
  onSecrets: (take) => parentPort.on('message', take),
  report: (report) => parentPort.postMessage(report),
});`;
}
