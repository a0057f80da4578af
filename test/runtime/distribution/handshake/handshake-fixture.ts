import {
  acceptorState,
  stepAcceptor,
} from '../../../../packages/runtime/src/distribution/handshake/acceptor';
import { Cookie } from '../../../../packages/runtime/src/distribution/handshake/cookie';
import type {
  Admission,
  HandshakeEffect,
  HandshakeEvent,
  HandshakeStep,
} from '../../../../packages/runtime/src/distribution/handshake/handshake-step';
import {
  initiatorState,
  stepInitiator,
} from '../../../../packages/runtime/src/distribution/handshake/initiator';
import { systemRandom } from '../../../../packages/runtime/src/node/system/system-random';

export const a = { name: 'a@h', creation: 11, hidden: false };
export const b = { name: 'b@h', creation: 22, hidden: true };

/** One side of a handshake, and what it wanted so far. */
export class Side<State extends { readonly phase: string } = { readonly phase: string }> {
  readonly effects: HandshakeEffect[] = [];

  constructor(
    public state: State,
    private readonly step: (state: State, event: HandshakeEvent) => HandshakeStep<State>,
  ) {}

  /** Feeds an event; returns the effects of this one. */
  feed(event: HandshakeEvent): readonly HandshakeEffect[] {
    const { state, effects } = this.step(this.state, event);
    this.state = state;
    this.effects.push(...effects);
    return effects;
  }

  /** Feeds a message; returns the texts it sends. */
  hear(text: string): string[] {
    return textsOf(this.feed({ kind: 'message', text }));
  }

  get last(): HandshakeEffect | undefined {
    return this.effects.at(-1);
  }

  get hasAccepted(): boolean {
    return this.effects.some(({ kind }) => kind === 'accepted');
  }
}

export function textsOf(effects: readonly HandshakeEffect[]): string[] {
  return effects.flatMap((effect) => (effect.kind === 'send' ? [effect.text] : []));
}

function cookiesOf(secrets: string | string[]): Cookie[] {
  return [secrets].flat().map((secret) => new Cookie(secret));
}

export function initiator(options: { cookie?: string | string[]; local?: typeof a; dialled?: string } = {}) {
  const { cookie = 'secret', local = a, dialled = b.name } = options;
  const state = initiatorState({ local, dialled, cookies: cookiesOf(cookie), random: systemRandom });
  return new Side(state, stepInitiator);
}

export function acceptor(options: { cookie?: string | string[]; local?: typeof b } = {}) {
  const { cookie = 'secret', local = b } = options;
  const state = acceptorState({ local, cookiesOf: () => cookiesOf(cookie), random: systemRandom });
  return new Side(state, stepAcceptor);
}

/** Runs a handshake over a wire that loses nothing; `decision` is what the dialled node decides. */
export function shake(
  one: ReturnType<typeof initiator>,
  two: ReturnType<typeof acceptor>,
  decision: Admission = 'ok',
) {
  two.feed({ kind: 'started' });
  let toTwo = textsOf(one.feed({ kind: 'started' }));
  while (toTwo.length > 0) {
    const toOne = toTwo.flatMap((text) => two.hear(text));
    if (two.last?.kind === 'askAdmission') toOne.push(...textsOf(two.feed({ kind: 'admission', decision })));
    toTwo = toOne.flatMap((text) => one.hear(text));
  }
}
