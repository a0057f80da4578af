import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { HandshakeEvent } from '../../../../packages/runtime/src/distribution/handshake/handshake-step';
import { a, acceptor, b, initiator, shake, textsOf, type Side } from './handshake-fixture';

type AnySide = Side<any>;

const sent = (texts: readonly string[]): any[] => texts.map((text) => JSON.parse(text));
const failure = (why: string) => ({ kind: 'failed', why });

/** Both sides after they have introduced themselves, and the proof on its way. */
function introduced(cookies: { one?: string; two?: string } = {}) {
  const one = initiator(cookies.one === undefined ? {} : { cookie: cookies.one });
  const two = acceptor(cookies.two === undefined ? {} : { cookie: cookies.two });
  const [hello = ''] = textsOf(one.feed({ kind: 'started' }));
  const [challenge = ''] = two.hear(hello);
  const [proof = ''] = one.hear(challenge);
  return { one, two, hello, challenge, proof };
}

describe('a handshake', () => {
  it('makes two nodes with the same cookie known to each other', () => {
    const [one, two] = [initiator(), acceptor()];
    shake(one, two);
    expect(one.last).toEqual({ kind: 'accepted', peer: b });
    expect(two.last).toEqual({ kind: 'accepted', peer: a });
  });

  it('asks for admission once the dialling node has proved itself, and not before', () => {
    const { two, proof } = introduced();
    expect(two.effects.map(({ kind }) => kind)).toEqual(['send']);
    two.hear(proof);
    expect(two.last).toEqual({ kind: 'askAdmission', peer: a });
    expect(two.feed({ kind: 'admission', decision: 'ok' }).map(({ kind }) => kind)).toEqual([
      'send',
      'accepted',
    ]);
  });

  it.each(['alreadyConnected', 'simultaneous'] as const)(
    'yields on both sides when the answer is %s',
    (decision) => {
      const [one, two] = [initiator(), acceptor()];
      shake(one, two, decision);
      expect(one.last).toEqual({ kind: 'yielded', peer: b, to: decision });
      expect(two.last).toEqual({ kind: 'yielded', peer: a, to: decision });
    },
  );

  it('fails on both sides when the cookies differ', () => {
    const [one, two] = [initiator({ cookie: 'one' }), acceptor({ cookie: 'two' })];
    shake(one, two);
    expect(one.last).toEqual({ ...failure('cookie'), message: 'b@h has another cookie' });
    expect(two.last).toEqual({ ...failure('cookie'), message: 'a@h has another cookie', claimed: 'a@h' });
  });

  it('fails for the name when another node than the dialled one answers, which gets no proof', () => {
    const [one, two] = [initiator({ dialled: 'c@h' }), acceptor()];
    shake(one, two);
    expect(one.last).toEqual({ ...failure('name'), message: 'dialled c@h, reached b@h' });
    expect(one.effects).toHaveLength(2);
  });

  it('fails for the name when a node reaches one of its own name', () => {
    const [one, two] = [initiator({ dialled: a.name }), acceptor({ local: { ...b, name: a.name } })];
    shake(one, two);
    expect(one.last).toMatchObject(failure('name'));
    expect(two.last).toMatchObject(failure('name'));
  });

  it.each([0, 2])('fails for the version when the dialling node speaks another one: %d', (version) => {
    const [one, two] = [initiator(), acceptor()];
    const [hello = ''] = textsOf(one.feed({ kind: 'started' }));
    // Another version may say hello in the same words, or in others.
    const { name, ...rest } = JSON.parse(hello);
    const other = { ...rest, ...(version > 1 ? { who: name } : { name }), version };
    const [refusal = ''] = two.hear(JSON.stringify(other));
    expect(two.last).toEqual({
      ...failure('version'),
      message: `the other side speaks version ${version} of the protocol, this node 1`,
    });
    one.hear(refusal);
    expect(one.last).toMatchObject(failure('version'));
  });

  it('never sends the cookie, nor uses a nonce twice', () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 20; i += 1) {
      const { one, two, hello, challenge, proof } = introduced({ one: 'very-secret', two: 'very-secret' });
      two.hear(proof);
      two.feed({ kind: 'admission', decision: 'ok' });
      for (const text of [...textsOf(one.effects), ...textsOf(two.effects)])
        expect(text).not.toContain('very-secret');
      nonces.add(JSON.parse(hello).nonce).add(JSON.parse(challenge).nonce);
    }
    expect(nonces.size).toBe(40);
  });

  it('reveals of the dialled node, before it knows a proof, its name, its creation and a nonce', () => {
    const { challenge } = introduced();
    expect(Object.keys(JSON.parse(challenge)).sort()).toEqual(['creation', 'name', 'nonce', 'type']);
  });
});

const cookieSets = fc.uniqueArray(fc.constantFrom('one', 'two', 'three', 'four'), { minLength: 1 });

it('two nodes accept each other if, and only if, one cookie is good for both', () => {
  fc.assert(
    fc.property(cookieSets, cookieSets, (ofOne, ofTwo) => {
      const [one, two] = [initiator({ cookie: ofOne }), acceptor({ cookie: ofTwo })];
      shake(one, two);
      const common = ofOne.some((cookie) => ofTwo.includes(cookie));
      expect([one.hasAccepted, two.hasAccepted]).toEqual([common, common]);
      if (!common) expect([one.last, two.last]).toMatchObject([failure('cookie'), failure('cookie')]);
    }),
  );
});

describe('the dialled node', () => {
  const proofs = (hello: any, challenge: any, cookie = 'secret', role = 'initiator'): string => {
    const parts = [
      hello.nonce,
      challenge.nonce,
      hello.name,
      challenge.name,
      hello.creation,
      challenge.creation,
    ];
    const text = JSON.stringify(['trestle', 1, role, ...parts, hello.hidden]);
    return createHmac('sha256', cookie).update(text).digest('hex');
  };

  it('accepts the proof the protocol describes', () => {
    const { two, hello, challenge } = introduced();
    const proof = proofs(JSON.parse(hello), JSON.parse(challenge));
    two.hear(JSON.stringify({ type: 'proof', proofs: [proof] }));
    expect(two.last?.kind).toBe('askAdmission');
  });

  it.each<[string, (hello: any, challenge: any) => string]>([
    ['a wrong cookie', (hello, challenge) => proofs(hello, challenge, 'wrong')],
    ['the other role', (hello, challenge) => proofs(hello, challenge, 'secret', 'acceptor')],
    ['another name', (hello, challenge) => proofs({ ...hello, name: 'z@h' }, challenge)],
    ['another creation', (hello, challenge) => proofs({ ...hello, creation: 12 }, challenge)],
    ['another visibility', (hello, challenge) => proofs({ ...hello, hidden: true }, challenge)],
    ['another nonce', (hello, challenge) => proofs({ ...hello, nonce: '00'.repeat(32) }, challenge)],
    [
      'the nonce of an earlier handshake',
      (hello, challenge) => proofs(hello, { ...challenge, nonce: '11'.repeat(32) }),
    ],
    ['a proof for another node', (hello, challenge) => proofs(hello, { ...challenge, name: 'c@h' })],
    [
      'a proof for an earlier life of the node',
      (hello, challenge) => proofs(hello, { ...challenge, creation: 21 }),
    ],
    ['zeros', () => '00'.repeat(32)],
  ])('answers the same whatever is wrong: %s', (_what, prove) => {
    const { two, hello, challenge } = introduced();
    const proof = prove(JSON.parse(hello), JSON.parse(challenge));
    expect(sent(two.hear(JSON.stringify({ type: 'proof', proofs: [proof] })))).toEqual([
      { type: 'refused', why: 'cookie' },
    ]);
    expect(two.last).toMatchObject(failure('cookie'));
  });

  it('is not fooled by its own words sent back to it', () => {
    const [victim, other] = [acceptor(), acceptor()];
    const [hello = ''] = textsOf(
      initiator({ cookie: '?', local: { ...a, name: 'm@h' } }).feed({ kind: 'started' }),
    );
    const [challenge = ''] = victim.hear(hello);
    // The attacker opens a second handshake and says there what it heard in the first.
    const { name, creation, nonce } = JSON.parse(challenge);
    const reflected = { ...JSON.parse(hello), name, creation, nonce };
    expect(sent(other.hear(JSON.stringify(reflected)))).toEqual([{ type: 'refused', why: 'name' }]);
    expect(sent(victim.hear(challenge))).toEqual([{ type: 'refused', why: 'protocol' }]);
  });
});

describe('the dialling node', () => {
  it.each([{ admission: 'ok' }, { hidden: false }])(
    'believes no verdict that somebody has changed on its way: %p',
    (change) => {
      const { one, two, proof } = introduced();
      two.hear(proof);
      const [verdict = ''] = textsOf(two.feed({ kind: 'admission', decision: 'simultaneous' }));
      expect(JSON.parse(verdict)).toMatchObject({ admission: 'simultaneous', hidden: true });
      one.hear(JSON.stringify({ ...JSON.parse(verdict), ...change }));
      expect(one.last).toMatchObject(failure('cookie'));
    },
  );

  it('proves itself once: a second challenge gets no second proof', () => {
    const { one, challenge } = introduced();
    expect(one.hear(JSON.stringify({ ...JSON.parse(challenge), nonce: '11'.repeat(32) }))).toStrictEqual([]);
    expect(one.last).toMatchObject(failure('protocol'));
  });

  it('takes its own proof for no proof of the other side', () => {
    const { one, proof } = introduced();
    one.hear(
      JSON.stringify({ type: 'verdict', admission: 'ok', hidden: true, proof: JSON.parse(proof).proofs[0] }),
    );
    expect(one.last).toMatchObject(failure('cookie'));
  });
});

/** A hello that would do, but for this. */
const helloOf = (change: object): string =>
  JSON.stringify({
    ...{ type: 'hello', protocol: 'trestle', version: 1, name: 'a@h', creation: 1, hidden: false },
    nonce: '00'.repeat(32),
    ...change,
  });

const nonsense = [
  '',
  'GET / HTTP/1.1',
  '{',
  'null',
  '[]',
  '{"type":"hello"}',
  '{"type":"hello","protocol":"trestle","version":"1"}',
  '{"type":"hello","protocol":"trestle","version":1,"name":"no host","creation":1,"hidden":false,"nonce":"x"}',
  ...['no host', '', 'a', '@h', 'a@h/../x', 7].map((name) => helloOf({ name })),
  helloOf({ creation: -1 }),
  helloOf({ creation: 1.5 }),
  helloOf({ hidden: 'no' }),
  helloOf({ nonce: '0'.repeat(63) }),
  helloOf({ nonce: 'G'.repeat(64) }),
  '{"type":"challenge","name":"b@h","creation":-1,"nonce":"x"}',
  '{"type":"proof","proofs":["short"]}',
  '{"type":"proof","proofs":[]}',
  JSON.stringify({ type: 'proof', proofs: Array.from({ length: 9 }, () => '00'.repeat(32)) }),
  '{"type":"verdict","admission":"maybe","hidden":false,"proof":"x"}',
  '{"type":"refused","why":"because"}',
  '{"__proto__":{"type":"hello"}}',
];

describe('a side of a handshake', () => {
  const rows: [string, () => AnySide][] = [
    ['an initiator before it starts', () => initiator()],
    ['an initiator that awaits the challenge', () => startedInitiator()],
    ['an initiator that awaits the verdict', () => introduced().one],
    ['an acceptor that awaits the hello', () => acceptor()],
    ['an acceptor that awaits the proof', () => introduced().two],
    ['an acceptor that awaits admission', () => awaitingAdmission()],
  ];

  it.each(rows)('fails when time is up: %s', (_what, make) => {
    const side = make();
    side.feed({ kind: 'timeout' });
    expect(side.last).toMatchObject(failure('timeout'));
    expect(side.state.phase).toBe('ended');
  });

  it.each(rows.flatMap(([what, make]) => nonsense.map((text) => [what, text, make] as const)))(
    'fails at what it cannot understand: %s hears %p',
    (_what, text, make) => {
      const side = make();
      side.hear(text);
      expect(side.last).toMatchObject(failure('protocol'));
    },
  );

  it.each(rows)('does nothing more once it has ended: %s', (_what, make) => {
    const side = make();
    side.feed({ kind: 'timeout' });
    const before = side.effects.length;
    const events: HandshakeEvent[] = [
      { kind: 'started' },
      { kind: 'timeout' },
      { kind: 'message', text: introduced().hello },
      { kind: 'admission', decision: 'ok' },
    ];
    for (const event of events) side.feed(event);
    expect(side.effects).toHaveLength(before);
  });

  it.each(rows.filter(([what]) => !what.endsWith('admission')))(
    'needs no admission nobody asked for: %s',
    (_what, make) => {
      const side = make();
      expect(side.feed({ kind: 'admission', decision: 'ok' })).toStrictEqual([]);
    },
  );
});

describe('two sides of a handshake over a wire that loses, garbles, repeats and turns around messages', () => {
  const fault = fc.record({
    what: fc.constantFrom('pass', 'pass', 'pass', 'drop', 'repeat', 'reflect', 'garble', 'swap'),
    at: fc.nat(1_000),
    to: fc.integer({ min: 32, max: 126 }),
  });
  const setting = fc.record({
    sameCookie: fc.boolean(),
    faults: fc.array(fault, { maxLength: 12 }),
    decision: fc.constantFrom('ok' as const, 'alreadyConnected' as const, 'simultaneous' as const),
  });

  it('never accept each other unless their cookies are the same', () => {
    fc.assert(
      fc.property(setting, ({ sameCookie, faults, decision }) => {
        const [one, two] = [initiator(), acceptor({ cookie: sameCookie ? 'secret' : 'other' })];
        faultyShake(one, two, faults, decision);
        if (!sameCookie || decision !== 'ok') expect(one.hasAccepted || two.hasAccepted).toBe(false);
        // What either has accepted is what the other really is.
        if (one.hasAccepted) expect(one.last).toEqual({ kind: 'accepted', peer: b });
        if (two.hasAccepted) expect(two.last).toEqual({ kind: 'accepted', peer: a });
      }),
      { numRuns: 1_000 },
    );
  });

  it('always accept each other if the cookies are the same and the wire is good', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,10}@[a-z0-9.]{1,10}$/);
    const info = fc.record({ name, creation: fc.maxSafeInteger().map(Math.abs), hidden: fc.boolean() });
    fc.assert(
      fc.property(info, info, fc.string({ minLength: 1 }), (local, peer, cookie) => {
        fc.pre(local.name !== peer.name);
        const [one, two] = [
          initiator({ cookie, local, dialled: peer.name }),
          acceptor({ cookie, local: peer }),
        ];
        shake(one, two);
        expect(one.last).toEqual({ kind: 'accepted', peer });
        expect(two.last).toEqual({ kind: 'accepted', peer: local });
      }),
    );
  });
});

function startedInitiator(): AnySide {
  const one = initiator();
  one.feed({ kind: 'started' });
  return one;
}

function awaitingAdmission(): AnySide {
  const { two, proof } = introduced();
  two.hear(proof);
  return two;
}

interface Fault {
  readonly what: string;
  readonly at: number;
  readonly to: number;
}

/** Hands messages over as the faults say, until nobody has anything to say. */
function faultyShake(one: AnySide, two: AnySide, faults: readonly Fault[], decision: any): void {
  const queue: { to: AnySide; from: AnySide; text: string }[] = [];
  const say = (from: AnySide, to: AnySide, texts: readonly string[]): void => {
    for (const text of texts) queue.push({ from, to, text });
  };
  say(one, two, textsOf(one.feed({ kind: 'started' })));
  for (let i = 0; queue.length > 0 && i < 100; i += 1) {
    const { from, to, text } = queue.shift()!;
    const fault = faults[i] ?? { what: 'pass', at: 0, to: 0 };
    const hear = (side: AnySide, heard: string): void => {
      say(side, side === one ? two : one, side.hear(heard));
      if (side.last?.kind === 'askAdmission')
        say(two, one, textsOf(two.feed({ kind: 'admission', decision })));
    };
    if (fault.what === 'reflect') hear(from, text);
    else if (fault.what === 'garble') hear(to, garble(text, fault));
    else if (fault.what === 'swap') queue.push({ from, to, text });
    else if (fault.what !== 'drop') hear(to, text);
    if (fault.what === 'repeat') hear(to, text);
  }
}

function garble(text: string, { at, to }: Fault): string {
  const index = at % text.length;
  return text.slice(0, index) + String.fromCharCode(to) + text.slice(index + 1);
}
