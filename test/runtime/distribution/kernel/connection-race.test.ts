import fc from 'fast-check';
import {
  firstConnectionState,
  connectionStep,
  type ConnectionEffect,
  type ConnectionEvent,
} from '../../../../packages/runtime/src/distribution/kernel/connection-step';

/** One side of the simulated pair. */
interface Side {
  readonly self: string;
  readonly peer: string;
  state: typeof firstConnectionState;
  ups: number;
  downs: number;
  channel: string | undefined;
  accepts: number;
}

/** A handshake of two messages: the dialler's, and the welcome of the node that was dialled. */
interface Wire {
  readonly dialler: Side;
  readonly acceptor: Side;
  readonly dialChannel: string;
  acceptChannel: string | undefined;
  /** Which ends are closed. */
  readonly closed: Set<Side>;
}

type Packet = {
  readonly to: Side;
  readonly wire: Wire;
  readonly kind: 'proof' | 'welcome' | 'refusal' | 'close' | 'tick' | 'tock';
};

/** Two connection tables over a network that delivers in any order between wires, and in order within each direction. */
class Pair {
  readonly a = side('a@h', 'b@h');
  readonly b = side('b@h', 'a@h');
  readonly packets: Packet[] = [];
  private readonly wires: Wire[] = [];

  dispatch(at: Side, event: ConnectionEvent): void {
    const { state, effects } = connectionStep(at, at.state, event);
    at.state = state;
    for (const effect of effects) this.perform(at, effect);
  }

  /** Delivers one packet that is the first of its direction. */
  deliver(choice: number): void {
    const ready = this.packets.filter(
      (packet, i) =>
        !this.packets.slice(0, i).some((other) => other.to === packet.to && other.wire === packet.wire),
    );
    const packet = ready[choice % ready.length]!;
    this.packets.splice(this.packets.indexOf(packet), 1);
    this.receive(packet);
  }

  private receive({ to, wire, kind }: Packet): void {
    if (wire.closed.has(to)) return;
    const channel = wire.dialler === to ? wire.dialChannel : wire.acceptChannel;
    switch (kind) {
      case 'proof':
        to.accepts += 1;
        wire.acceptChannel = `accept-${to.accepts}`;
        this.dispatch(to, { kind: 'asked', channel: wire.acceptChannel, creation: 1 });
        return;
      case 'welcome':
        this.dispatch(to, { kind: 'established', channel: channel!, creation: 1 });
        return;
      case 'tick':
        this.packets.push({ to: other(wire, to), wire, kind: 'tock' });
        return;
      case 'tock':
        this.dispatch(to, { kind: 'answered', channel: channel! });
        return;
      case 'refusal':
      case 'close':
        wire.closed.add(to);
        if (channel !== undefined) this.dispatch(to, { kind: 'gone', channel, reason: kind });
    }
  }

  private perform(at: Side, effect: ConnectionEffect): void {
    if (effect.kind === 'unreachable') return;
    if (effect.kind === 'dial') {
      const acceptor = at === this.a ? this.b : this.a;
      const wire: Wire = {
        dialler: at,
        acceptor,
        dialChannel: effect.channel,
        acceptChannel: undefined,
        closed: new Set(),
      };
      this.wires.push(wire);
      this.packets.push({ to: acceptor, wire, kind: 'proof' });
      return;
    }
    const wire = this.wires.find(
      (w) =>
        (w.dialler === at && w.dialChannel === effect.channel) ||
        (w.acceptor === at && w.acceptChannel === effect.channel),
    )!;
    this.performOn(at, wire, effect);
  }

  private performOn(
    at: Side,
    wire: Wire,
    effect: Exclude<ConnectionEffect, { kind: 'dial' | 'unreachable' }>,
  ): void {
    const to = other(wire, at);
    switch (effect.kind) {
      case 'admit':
        this.packets.push({ to, wire, kind: 'welcome' });
        this.dispatch(at, { kind: 'established', channel: effect.channel, creation: 1 });
        return;
      case 'probe':
        this.packets.push({ to, wire, kind: 'tick' });
        return;
      case 'refuse':
      case 'close':
      case 'down':
        if (effect.kind === 'down') Object.assign(at, { downs: at.downs + 1, channel: undefined });
        wire.closed.add(at);
        this.packets.push({ to, wire, kind: effect.kind === 'refuse' ? 'refusal' : 'close' });
        return;
      case 'up':
        at.ups += 1;
        at.channel = effect.channel;
    }
  }

  /** Whether both sides are up on the same wire. */
  get agree(): boolean {
    return this.wires.some(
      (wire) => wire.dialler.channel === wire.dialChannel && wire.acceptor.channel === wire.acceptChannel,
    );
  }
}

function side(self: string, peer: string): Side {
  return { self, peer, state: firstConnectionState, ups: 0, downs: 0, channel: undefined, accepts: 0 };
}

function other(wire: Wire, at: Side): Side {
  return wire.dialler === at ? wire.acceptor : wire.dialler;
}

describe('two nodes that dial each other', () => {
  it('end with one connection, one nodeup and no nodedown on each side, whatever overtakes what', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(5), { maxLength: 40 }),
        fc.array(fc.constantFrom('a', 'b', '-'), { maxLength: 40 }),
        (choices, wants) => {
          const pair = new Pair();
          pair.dispatch(pair.a, { kind: 'wanted' });
          for (let i = 0; i < 200; i++) {
            const want = wants[i];
            if (want === 'a' || want === 'b') pair.dispatch(pair[want], { kind: 'wanted' });
            if (pair.packets.length > 0) pair.deliver(choices[i] ?? 0);
          }
          expect(pair.packets).toStrictEqual([]);
          expect(pair.agree).toBe(true);
          expect([pair.a.ups, pair.b.ups, pair.a.downs, pair.b.downs]).toEqual([1, 1, 0, 0]);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
