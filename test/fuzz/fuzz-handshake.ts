import type { SeededRandom } from '@trestle/runtime/testing';
import { acceptor, initiator, textsOf } from '../runtime/distribution/handshake/handshake-fixture';
import { mutateText } from './mutate';
import { checkPrototypes } from './prototypes';

/** Strangers that know the protocol and not the cookie. */
const wrong = { cookie: 'another cookie' };

/**
 * Lets both sides of a handshake meet strangers whose messages are nearly right.
 * @throws Error if one is let in
 */
export function fuzzHandshakes(random: SeededRandom, iterations: number): void {
  for (let i = 0; i < iterations; i += 1) {
    talk(initiator(wrong), acceptor(), random);
    talk(initiator(), acceptor(wrong), random);
  }
}

type Initiator = ReturnType<typeof initiator>;
type Acceptor = ReturnType<typeof acceptor>;

function talk(one: Initiator, two: Acceptor, random: SeededRandom): void {
  const said: string[] = [];
  let texts = textsOf(one.feed({ kind: 'started' }));
  for (let turn = 0; texts.length > 0 && turn < 8; turn += 1) {
    const listener = turn % 2 === 0 ? two : one;
    const heard = texts.map((text) => (random.chance(0.5) ? mutateText(text, random) : text));
    // Some things are said twice.
    if (random.chance(0.2)) heard.push(...heard);
    said.push(...heard);
    texts = heard.flatMap((text) => listener.hear(text));
    checkPrototypes(heard.join('\n'));
  }
  for (const side of [one, two]) {
    if (side.effects.some(({ kind }) => kind === 'askAdmission' || kind === 'accepted'))
      throw new Error(`a stranger was let in: ${said.join('\n')}`);
  }
}
