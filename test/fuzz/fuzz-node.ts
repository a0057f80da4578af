import { randomBytes } from 'node:crypto';
import { GenServer, reply, startNode, type CallResult, type Node, type NodeOptions } from '@trestle/runtime';
import { settle, type SeededRandom } from '@trestle/runtime/testing';
import { openSocket, PlainPeer } from '../support/plain-peer';
import { mutate, mutateText } from './mutate';
import { checkPrototypes } from './prototypes';
import { sampleFrames } from './samples';

const host = '127.0.0.1';
const cookie = 'of the fuzzer';
const [target, witness, hostile] = [`target@${host}`, `witness@${host}`, `hostile@${host}`];
const limits = { maxFrameBytes: 64 * 1024, maxValues: 20_000, handshakeTimeoutMs: 2_000 };
/** A peer that is let in begins anew after so many frames, if it was not thrown out before. */
const framesOfPeer = 12;

const end = 'the attack is over';

class Echo extends GenServer<any, any> {
  override handleCall(request: any): CallResult {
    return reply(request, request);
  }
}

/** A node under attack, and one that is connected to it all the while. */
export interface Siege {
  readonly target: Node;
  readonly witness: Node;
  readonly url: string;
  /** Connections that the witness has lost: none may be. */
  readonly lost: string[];
}

/** Starts both; `victim` is the name that the frames are for, `calm` answers the witness. */
export async function startSiege(port: number, start: typeof startNode = startNode): Promise<Siege> {
  const common: NodeOptions = {
    cookie,
    logger: { log: () => undefined },
    // Whatever names the fuzzer makes up: nobody is dialled but the target.
    resolve: (name) => (name === target ? { host, port } : undefined),
  };
  const node = await start({ ...common, name: target, host, port, limits });
  const other = await start({ ...common, name: witness, host });
  await node.start(Echo, { name: 'calm' });
  const lost: string[] = [];
  other.events.on('nodedown', ({ node: name, reason }) => void lost.push(`${name}: ${String(reason)}`));
  if (!(await other.connect(target))) throw new Error('the witness cannot connect');
  return { target: node, witness: other, url: `ws://${host}:${String(port)}/`, lost };
}

/**
 * Attacks the node: with handshakes that are nearly right, with garbage, and as a peer that knows the cookie and
 * sends frames that are nearly right.
 * @throws Error if it does not answer the witness as before
 */
export async function fuzzNode(siege: Siege, random: SeededRandom, iterations: number): Promise<void> {
  for (let i = 0; i < iterations; i += 1) {
    await random.pick([attackAsPeer, attackAsPeer, attackAsStranger])(siege, random);
    const question = { i, bytes: randomBytes(8).toString('hex') };
    const answer: any = await siege.witness.call<any, any>({ name: 'calm', node: target }, question);
    if (answer.bytes !== question.bytes) throw new Error('the witness got the answer of somebody else');
    if (siege.lost.length > 0) throw new Error(`the witness has lost ${siege.lost.join(', ')}`);
  }
  await settle(siege.target, siege.witness);
}

/** Somebody who is let in. */
async function attackAsPeer({ target: node, url }: Siege, random: SeededRandom): Promise<void> {
  const peer = await PlainPeer.connect({ url, to: target, name: hostile, cookie });
  const victim = node.spawn<any>(async (self) => {
    self.trapExit(true);
    while ((await self.receive()) !== end);
  });
  const ends = { self: hostile, peer: target, from: peer.pid(1) as never, to: victim, name: 'victim' };
  const samples = sampleFrames(ends);
  for (let left = framesOfPeer; left > 0; left -= 1) {
    const frame = mutate(random.pick(samples), random);
    peer.sendBytes(frame);
    checkPrototypes(frame);
  }
  // Half of them slam the door.
  if (random.chance(0.5)) await Promise.race([peer.closed, answered(peer, node)]);
  await peer.close();
  node.send(victim, end);
}

/** The peer has been heard, unless it was thrown out. */
async function answered(peer: PlainPeer, { name }: Node): Promise<void> {
  peer.send([3, 1_000_000, peer.pid(1), ['calm'], name]);
  await peer.next(4).catch(() => undefined);
}

/** Somebody who is not. */
async function attackAsStranger({ url }: Siege, random: SeededRandom): Promise<void> {
  const socket = await openSocket(url);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  const hello = {
    type: 'hello',
    protocol: 'trestle',
    version: 1,
    name: hostile,
    creation: 1,
    hidden: false,
    nonce: '0'.repeat(64),
  };
  const proof = { type: 'proof', proofs: ['0'.repeat(64)] };
  for (const message of [hello, proof]) {
    const text = JSON.stringify(message);
    socket.send(random.chance(0.7) ? mutateText(text, random) : text);
    if (random.chance(0.1)) socket.send(random.bytes(random.below(2_000)));
  }
  if (random.chance(0.5)) socket.terminate();
  // It has said something that no node says, at the latest by its proof: the node hangs up.
  await closed;
}
