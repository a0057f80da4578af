import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { z } from '#zod';
import { LineSplitter } from '../port-mapper/line-splitter';
import type { PulseAnswer, PulseQuestion } from './pulse-line';
import { answerProof, isSameProof, pulseGreeting, questionProof, type PulseTalk } from './pulse-proof';

const greeting = new RegExp(`^${pulseGreeting} ([0-9a-f]{64})$`);
const answer = z.object({ blockedMs: z.int().min(0), beats: z.int().min(0), proof: z.string() });
/** Longer is no line of a pulse. */
const maxLength = 1_024;

/**
 * Asks the pulse of a node how its event loop does.
 * @returns `undefined` if nobody answers before it is given up, or somebody who is not that node
 */
export function askPulse(question: PulseQuestion): Promise<PulseAnswer | undefined> {
  return new Promise((resolve) => {
    new Asking(question, resolve).begin();
  });
}

/** One question, over a connection of its own. */
class Asking {
  private readonly socket: Socket;
  private talk: PulseTalk | null = null;
  private readonly lines = new LineSplitter(maxLength);

  constructor(
    private readonly question: PulseQuestion,
    private readonly resolve: (result: PulseAnswer | undefined) => void,
  ) {
    const { host, port } = question;
    this.socket = connect({ host, port });
  }

  begin(): void {
    const { socket } = this;
    const giveUp = (): void => this.end(undefined);
    this.question.signal.addEventListener('abort', giveUp);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => this.receive(chunk));
    socket.on('error', () => undefined);
    socket.once('close', giveUp);
  }

  private receive(chunk: string): void {
    for (const line of this.lines.push(chunk) ?? ['']) {
      if (this.talk === null) this.prove(line);
      else this.end(this.read(line, this.talk));
    }
  }

  /** Nothing is said to who does not greet as a pulse does. */
  private prove(line: string): void {
    const pulseNonce = greeting.exec(line)?.[1];
    if (pulseNonce === undefined) {
      this.end(undefined);
      return;
    }
    const { owner, secrets } = this.question;
    const talk = { pulseNonce, askerNonce: randomBytes(32).toString('hex'), owner };
    this.talk = talk;
    const proofs = secrets.map((secret) => questionProof(secret, talk));
    this.socket.write(`${JSON.stringify({ nonce: talk.askerNonce, proofs })}\n`);
  }

  private read(line: string, talk: PulseTalk): PulseAnswer | undefined {
    const { data } = answer.safeParse(parseJson(line));
    if (data === undefined) return undefined;
    const { proof, ...said } = data;
    const { secrets } = this.question;
    return secrets.some((secret) => isSameProof(proof, answerProof(secret, talk, said))) ? said : undefined;
  }

  private end(result: PulseAnswer | undefined): void {
    this.socket.destroy();
    this.resolve(result);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
