import { VirtualClock } from '@trestle/runtime/testing';
import { Cookie } from '../../../../packages/runtime/src/distribution/handshake/cookie';
import { CookieJar } from '../../../../packages/runtime/src/distribution/handshake/cookie-jar';
import {
  PulseKeeper,
  type PulseKeeperOptions,
} from '../../../../packages/runtime/src/distribution/pulse/pulse-keeper';
import type {
  Pulse,
  PulseAnswer,
  PulseOpening,
  PulseQuestion,
} from '../../../../packages/runtime/src/distribution/pulse/pulse-line';
import { pulseSecret } from '../../../../packages/runtime/src/distribution/pulse/pulse-proof';
import { NodeLog } from '../../../../packages/runtime/src/node/log/node-log';

const netTickMs = 1_600;
/** The first beat, and the pulse itself, come that long after the first connection. */
const beatMs = 100;
const old = new Cookie('the cookie');

/** A pulse that only notes what is done to it. */
class NotedPulse implements Pulse {
  readonly port = 4_242;
  beats = 0;
  readonly accepted: (readonly string[])[] = [];
  isClosed = false;

  beat(): void {
    this.beats += 1;
  }

  accept(secrets: readonly string[]): void {
    this.accepted.push(secrets);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

let clock: VirtualClock;
let cookies: CookieJar;
let openings: PulseOpening[];
let pulses: NotedPulse[];
let questions: PulseQuestion[];
let logged: string[];
/** How a pulse is opened, and how one answers. */
let open: () => Promise<Pulse>;
let answer: (question: PulseQuestion) => Promise<PulseAnswer | undefined>;

beforeEach(() => {
  clock = new VirtualClock();
  cookies = new CookieJar(clock, [old]);
  [openings, pulses, questions, logged] = [[], [], [], []];
  open = () => {
    const pulse = new NotedPulse();
    pulses.push(pulse);
    return Promise.resolve(pulse);
  };
  answer = () => Promise.resolve(undefined);
});

function keeper(options: Partial<PulseKeeperOptions> = {}): PulseKeeper {
  const logger = { log: ({ text }: { text: string }): void => void logged.push(text) };
  const log = new NodeLog({ logger, node: 'n@127.0.0.1', wallTime: () => 0 }, () => undefined);
  const node = { clock, log, name: 'n@127.0.0.1', creation: 7 } as unknown as PulseKeeperOptions['node'];
  const pulse = {
    open: (opening: PulseOpening) => (openings.push(opening), open()),
    ask: (question: PulseQuestion) => (questions.push(question), answer(question)),
  };
  return new PulseKeeper({ node, cookies, transport: { pulse }, netTickMs, peers: new Map(), ...options });
}

/** A connection that notes what it is told. */
function connection(): { readonly told: number[]; tellPulse(port: number): void } {
  const told: number[] = [];
  return { told, tellPulse: (port) => void told.push(port) };
}

const secretOf = (text: string): string => pulseSecret(new Cookie(text));

describe('the pulse of a node', () => {
  it('is opened a while after the first connection, once, and told to all that are there then, and to who comes', async () => {
    const [first, late] = [connection(), connection()];
    const kept = keeper({
      peers: new Map([
        ['m@h', { connection: first }],
        ['o@h', { connection: null }],
      ]),
    });
    kept.wanted(first);
    kept.wanted(connection());
    expect(openings).toStrictEqual([]);
    await clock.advance(beatMs);
    expect(openings).toHaveLength(1);
    expect(openings[0]).toMatchObject({
      host: '127.0.0.1',
      port: 0,
      self: { name: 'n@127.0.0.1', creation: 7 },
    });
    kept.wanted(late);
    await clock.advance(beatMs);
    expect([first.told, late.told, openings.length]).toEqual([[4_242], [4_242], 1]);
    await kept.stop();
  });

  it('is opened by no node that is told to have none, or that knows no way', async () => {
    for (const kept of [keeper({ pulse: false }), keeper({ transport: {} })]) {
      kept.wanted(connection());
      expect(clock.runningTimers).toBe(0);
      await kept.stop();
    }
    expect(openings).toStrictEqual([]);
  });

  it('listens where, and at which port, the node is told to', async () => {
    const kept = keeper({ pulse: { port: 5_555 }, host: '10.0.0.5' });
    kept.wanted(connection());
    await clock.advance(beatMs);
    expect(openings[0]).toMatchObject({ host: '10.0.0.5', port: 5_555 });
    await kept.stop();
  });

  it('beats on until the node stops, which leaves neither it nor a timer', async () => {
    const kept = keeper();
    kept.wanted(connection());
    await clock.advance(beatMs * 11);
    expect(pulses[0]!.beats).toBe(11);
    await kept.stop();
    expect([pulses[0]!.isClosed, clock.runningTimers]).toEqual([true, 0]);
    kept.wanted(connection());
    expect([openings.length, clock.runningTimers]).toEqual([1, 0]);
  });

  it('that is wanted and not yet opened is not opened when the node stops', async () => {
    const kept = keeper();
    kept.wanted(connection());
    await kept.stop();
    await clock.advance(beatMs);
    expect([openings.length, clock.runningTimers]).toEqual([0, 0]);
  });

  it('that opens while the node stops is waited for and closed, and is told to nobody', async () => {
    let opened = (_pulse: Pulse): void => undefined;
    open = () => new Promise((resolve) => (opened = resolve));
    const peer = connection();
    const kept = keeper({ peers: new Map([['m@h', { connection: peer }]]) });
    kept.wanted(peer);
    await clock.advance(beatMs);
    const stopping = kept.stop();
    const pulse = new NotedPulse();
    opened(pulse);
    await stopping;
    expect([pulse.isClosed, pulse.beats, peer.told, clock.runningTimers]).toEqual([true, 0, [], 0]);
  });

  it('accepts the secrets of all cookies, of new ones from the next beat on, and of none whose time is over', async () => {
    const kept = keeper();
    kept.wanted(connection());
    await clock.advance(beatMs * 3);
    expect(pulses[0]!.accepted).toEqual([[secretOf('the cookie')]]);
    cookies.set(new Cookie('a new one'), { acceptOldForMs: beatMs * 3 });
    await clock.advance(beatMs);
    expect(pulses[0]!.accepted.at(-1)).toEqual([secretOf('a new one'), secretOf('the cookie')]);
    await clock.advance(beatMs * 3);
    expect(pulses[0]!.accepted.at(-1)).toEqual([secretOf('a new one')]);
    expect(pulses[0]!.accepted).toHaveLength(3);
    await kept.stop();
  });

  it('that is lost is logged, and opened again for the next that connects, with all it must know', async () => {
    const kept = keeper();
    kept.wanted(connection());
    await clock.advance(beatMs);
    openings[0]!.onEnd('its thread has ended');
    expect(logged.join()).toContain('this node has no pulse');
    expect(clock.runningTimers).toBe(0);
    await clock.advance(beatMs * 5);
    expect(openings).toHaveLength(1);
    kept.wanted(connection());
    await clock.advance(beatMs);
    expect(pulses.map(({ accepted }) => accepted)).toEqual([
      [[secretOf('the cookie')]],
      [[secretOf('the cookie')]],
    ]);
    expect(pulses[0]!.beats).toBe(1);
    await kept.stop();
  });

  it('that cannot be opened is logged, and tried again for the next that connects', async () => {
    open = () => Promise.reject(new Error('no more threads'));
    const kept = keeper();
    kept.wanted(connection());
    await clock.advance(beatMs);
    expect(logged.join()).toContain('this node has no pulse');
    kept.wanted(connection());
    await clock.advance(beatMs);
    expect(openings).toHaveLength(2);
    await kept.stop();
  });
});

describe('the pulse of another node', () => {
  const owner = { name: 'other@10.0.0.9', creation: 3 };

  it('is asked where its connection comes from, then at the host of its name, each for half of the time', async () => {
    answer = ({ signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
    cookies.set(new Cookie('for others'), { node: 'else@h' });
    const ask = keeper().asker(owner, '::ffff:192.168.0.9', 4_242)!;
    const asked = ask(1_000);
    await clock.advance(500);
    await clock.advance(500);
    expect(await asked).toBeUndefined();
    // It gets to know no other cookie than its own.
    const secrets = [secretOf('the cookie')];
    expect(questions.map(({ host, port, secrets: shown }) => [host, port, shown])).toEqual([
      ['192.168.0.9', 4_242, secrets],
      ['10.0.0.9', 4_242, secrets],
    ]);
  });

  it('is asked once where both are one, and leaves no timer when it has answered', async () => {
    answer = () => Promise.resolve({ blockedMs: 5, beats: 9 });
    const ask = keeper().asker(owner, '10.0.0.9', 4_242)!;
    expect(await ask(1_000)).toEqual({ blockedMs: 5, beats: 9 });
    expect([questions.length, clock.runningTimers]).toEqual([1, 0]);
  });

  it('is not asked by a node that knows no way', () => {
    expect(keeper({ transport: {} }).asker(owner, '10.0.0.9', 4_242)).toBeNull();
  });
});
