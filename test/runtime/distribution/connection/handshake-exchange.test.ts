import {
  HandshakeExchange,
  type HandshakeOutcome,
} from '../../../../packages/runtime/src/distribution/connection/handshake-exchange';
import { SocketCloser } from '../../../../packages/runtime/src/distribution/socket/socket-closer';
import type { Socket } from '../../../../packages/runtime/src/distribution/socket/transport';
import type {
  HandshakeEffect,
  HandshakeEvent,
} from '../../../../packages/runtime/src/distribution/handshake/handshake-step';
import { defaultLimits } from '../../../../packages/runtime/src/distribution/wire/limits';
import { HostClock } from '../../../../packages/runtime/src/testing/simulation/host-clock';
import { InstantNetwork } from '../../../support/instant-network';

const peer = { name: 'b@h', creation: 1, hidden: false };

/** A handshake that does what a message says. */
function step(state: string[], event: HandshakeEvent): { state: string[]; effects: HandshakeEffect[] } {
  const said = event.kind === 'message' ? event.text : event.kind;
  const effects: Record<string, HandshakeEffect[]> = {
    ask: [{ kind: 'askAdmission', peer }],
    admission: [
      { kind: 'send', text: 'welcome' },
      { kind: 'accepted', peer },
    ],
    timeout: [{ kind: 'failed', why: 'timeout', message: 'too slow' }],
    yield: [{ kind: 'yielded', peer, to: 'alreadyConnected' }],
  };
  return { state: [...state, said], effects: effects[said] ?? [] };
}

describe('a handshake over a socket', () => {
  let network: InstantNetwork;
  let clock: HostClock;
  let other: Socket;
  let exchange: HandshakeExchange<string[]>;
  let outcomes: HandshakeOutcome[];

  beforeEach(async () => {
    network = new InstantNetwork();
    outcomes = [];
    const [socket, accepted] = await network.socketPair();
    other = accepted;
    clock = new HostClock(network.clock);
    const context = { clock, limits: defaultLimits, closer: new SocketCloser(clock) };
    exchange = new HandshakeExchange<string[]>(socket, [], step, context, {
      asked: () => exchange.admission('ok'),
      ended: (outcome) => outcomes.push(outcome),
    });
    exchange.begin();
  });

  it('ends accepted, with the socket open, when its steps say so', async () => {
    const answer = new Promise((resolve) => (other.onMessage = resolve));
    other.send('ask');
    expect(await answer).toBe('welcome');
    expect(outcomes).toMatchObject([{ kind: 'accepted', peer }]);
    await network.clock.advance(defaultLimits.handshakeTimeoutMs * 2);
    expect([outcomes.length, network.open]).toEqual([1, 2]);
  });

  it('fails when it takes too long', async () => {
    await network.clock.advance(defaultLimits.handshakeTimeoutMs);
    await network.clock.settle();
    expect(outcomes).toEqual([{ kind: 'failed', why: 'timeout', message: 'too slow' }]);
    expect(network.open).toBe(0);
  });

  it('goes on though the node stood still for longer than it may take: what has come meanwhile counts', async () => {
    clock.pause();
    await network.clock.advance(defaultLimits.handshakeTimeoutMs * 10);
    clock.resume();
    other.send('ask');
    await network.clock.settle();
    expect(outcomes).toMatchObject([{ kind: 'accepted', peer }]);
  });

  it.each<[string, Uint8Array | string]>([
    ['bytes', new Uint8Array(3)],
    ['too long a message', 'x'.repeat(defaultLimits.maxHandshakeBytes + 1)],
  ])('fails when the peer sends %s', async (what, data) => {
    other.send(data);
    await network.clock.settle();
    expect(outcomes).toMatchObject([{ kind: 'failed', why: 'protocol' }]);
    expect((outcomes[0] as { message: string }).message).toContain(what);
  });

  it('ends once when the peer hangs up, whatever this side does then', async () => {
    other.close();
    await network.clock.settle();
    exchange.close();
    expect(outcomes).toEqual([{ kind: 'closed', problem: undefined }]);
  });

  it('closes the socket when it yields', async () => {
    other.send('yield');
    await network.clock.settle();
    expect(outcomes).toEqual([{ kind: 'yielded', peer }]);
    expect(network.open).toBe(0);
  });
});
