import { inspect } from 'node:util';
import { VirtualClock } from '@trestle/runtime/testing';
import { Cookie } from '../../../../packages/runtime/src/distribution/handshake/cookie';
import { CookieJar } from '../../../../packages/runtime/src/distribution/handshake/cookie-jar';

const clock = new VirtualClock();
const jarOf = (...secrets: string[]): CookieJar =>
  new CookieJar(
    clock,
    secrets.map((secret) => new Cookie(secret)),
  );
const secrets = (jar: CookieJar, node?: string): string[] => jar.of(node).map((cookie) => cookie.reveal());
const set = (jar: CookieJar, secret: string, options = {}): void => jar.set(new Cookie(secret), options);

describe('the cookies of a node', () => {
  it('are the first, which it uses, and the others, which are good too until there is a new one', () => {
    const jar = jarOf('new', 'old');
    expect(secrets(jar)).toEqual(['new', 'old']);
    set(jar, 'newer');
    expect(secrets(jar)).toEqual(['newer']);
  });

  it('are all of them those for everybody and those for single nodes', () => {
    const jar = jarOf('new', 'old');
    set(jar, 'of b', { node: 'b@h' });
    set(jar, 'of c', { node: 'c@h', acceptOldForMs: 10 });
    expect(jar.all().map((cookie) => cookie.reveal())).toEqual(['new', 'old', 'of b', 'of c', 'new', 'old']);
  });

  it('are good for the time that was given, and not a moment longer', async () => {
    const jar = jarOf('old');
    set(jar, 'new', { acceptOldForMs: 1_000 });
    await clock.advance(999);
    expect(secrets(jar)).toEqual(['new', 'old']);
    await clock.advance(1);
    expect(secrets(jar)).toEqual(['new']);
  });

  it('are never good for longer than they would have been before', async () => {
    const jar = jarOf('first');
    set(jar, 'second', { acceptOldForMs: 100 });
    set(jar, 'third', { acceptOldForMs: 5_000 });
    await clock.advance(100);
    expect(secrets(jar)).toEqual(['third', 'second']);
  });

  it('are each there once, also if one comes back', () => {
    const jar = jarOf('first');
    set(jar, 'second', { acceptOldForMs: Infinity });
    set(jar, 'first', { acceptOldForMs: Infinity });
    expect(secrets(jar)).toEqual(['first', 'second']);
  });

  it('can be others for one node, and these change by themselves', async () => {
    const jar = jarOf('common');
    set(jar, 'of b', { node: 'b@h', acceptOldForMs: 10 });
    expect([secrets(jar, 'b@h'), secrets(jar, 'c@h')]).toEqual([['of b', 'common'], ['common']]);
    set(jar, 'new');
    await clock.advance(10);
    expect([secrets(jar, 'b@h'), secrets(jar, 'c@h')]).toEqual([['of b'], ['new']]);
  });

  it('are 8 at most; one more is refused and changes nothing', () => {
    const jar = jarOf('0');
    for (let n = 1; n < 8; n++) set(jar, String(n), { acceptOldForMs: Infinity });
    const before = secrets(jar);
    expect(before).toHaveLength(8);
    expect(() => set(jar, '8', { acceptOldForMs: Infinity })).toThrow(
      'setCookie: expected at most 8 cookies that are good at one time, got 9',
    );
    expect(secrets(jar)).toEqual(before);
  });

  it('all give way to a new one that is to be the only one, be they ever so many', () => {
    const jar = jarOf(...Array.from({ length: 8 }, (_, i) => `cookie ${i}`));
    set(jar, 'new');
    expect(secrets(jar)).toEqual(['new']);
  });

  it('are not shown to who looks at them', () => {
    const jar = jarOf('secret one', 'secret two');
    set(jar, 'secret three', { node: 'b@h', acceptOldForMs: 10 });
    const shown = inspect(jar, { showHidden: true, depth: null }) + JSON.stringify(jar);
    expect(shown).not.toContain('secret');
  });
});
