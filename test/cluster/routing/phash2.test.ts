import { atom, phash2, type HashableTerm } from '@trestle/cluster';
import { BadArgumentError } from '@trestle/runtime';
import fc from 'fast-check';
// What `erlang:phash2(Term, Range)` of Erlang/OTP 25 answers; the range of `terms` is 2^32, which shows every bit.
import vectors from './phash2-vectors.json';

const WHOLE = 2 ** 32;

/** How a term stands in the file: JSON's own values, arrays for tuples, and one-field objects for the rest. */
type Written =
  string | number | boolean | null | Written[] | { bigint?: string; atom?: string; bytes?: string };

function read(written: Written): HashableTerm {
  if (Array.isArray(written)) return written.map(read);
  if (typeof written !== 'object' || written === null) return written;
  if (written.bigint !== undefined) return BigInt(written.bigint);
  if (written.atom !== undefined) return atom(written.atom);
  return Uint8Array.from(Buffer.from(written.bytes ?? '', 'hex'));
}

function spread(terms: Iterable<HashableTerm>): number[] {
  const counts = [0, 0, 0, 0, 0];
  for (const term of terms) {
    const owner = phash2(term, counts.length);
    counts[owner] = (counts[owner] ?? 0) + 1;
  }
  return counts;
}

function* numbers(last: number): Generator<number> {
  for (let n = 1; n <= last; n++) yield n;
}

function* keys(last: number): Generator<string> {
  for (const n of numbers(last)) yield `k_1_${String(n)}`;
}

const key: fc.Arbitrary<HashableTerm> = fc.letrec<{ key: HashableTerm }>((tie) => ({
  key: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.bigInt(),
    fc.constantFrom(true, false, null, atom('toto')),
    fc.uint8Array(),
    fc.array(tie('key'), { maxLength: 6 }),
  ),
})).key;

describe('phash2', () => {
  it('gives the numbers Erlang gives for every kind of term', () => {
    const written = vectors.terms as [Written, number][];
    expect(written.map(([term]) => [term, phash2(read(term), WHOLE)])).toEqual(written);
    expect(written.length).toBeGreaterThan(250);
  });

  it('gives the numbers Erlang gives for every range', () => {
    const written = vectors.ranges as [Written, number, number][];
    expect(written.map(([term, range]) => [term, range, phash2(read(term), range)])).toEqual(written);
  });

  it('gives the numbers of the article', () => {
    expect(phash2(1)).toBe(2614250);
    expect(phash2(2)).toBe(27494836);
    expect(phash2(2, 10)).toBe(8);
    expect(phash2(1, 10)).toBe(2);
  });

  it('spreads integers over five nodes as the article shows', () => {
    expect(spread(numbers(1_000))).toEqual([214, 179, 207, 209, 191]);
    expect(spread(numbers(100_000))).toEqual([20002, 20054, 20130, 19943, 19871]);
  });

  it('spreads the keys k_1_1 to k_1_5000 over five nodes as the article shows', () => {
    expect(spread(keys(5_000))).toEqual([1026, 996, 1012, 1021, 945]);
  });

  it('stays in its range, which is 2^27 when none is given', () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: WHOLE }), (term, range) => {
        const hash = phash2(term, range);
        expect(Number.isInteger(hash) && hash >= 0 && hash < range).toBe(true);
        expect(hash).toBe(phash2(term, WHOLE) % range);
        expect(phash2(term)).toBe(phash2(term, 2 ** 27));
      }),
    );
  });

  it('hashes a string as its UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(phash2(text, WHOLE)).toBe(phash2(new TextEncoder().encode(text), WHOLE));
      }),
    );
  });

  it('hashes a string with one character beyond ASCII as its UTF-8 bytes, wherever that character is', () => {
    for (let length = 1; length <= 30; length++) {
      for (let at = 0; at < length; at++) {
        for (const other of ['\x80', '\xff', '\u0100', '\u4141']) {
          const text = 'a'.repeat(at) + other + 'z'.repeat(length - at - 1);
          expect(phash2(text, WHOLE)).toBe(phash2(Buffer.from(text), WHOLE));
        }
      }
    }
  });

  it('hashes a lone surrogate as the replacement character', () => {
    expect(phash2('a\ud800b')).toBe(phash2('a\ufffdb'));
  });

  it('hashes a number without fraction and the same bigint alike', () => {
    const whole = fc.double({ noNaN: true, noDefaultInfinity: true }).map(Math.trunc);
    fc.assert(
      fc.property(fc.oneof(whole, fc.maxSafeInteger(), fc.integer()), (n) => {
        expect(phash2(n, WHOLE)).toBe(phash2(BigInt(n), WHOLE));
      }),
    );
  });

  it('hashes minus zero as the integer zero', () => {
    expect(phash2(-0)).toBe(phash2(0));
  });

  it('hashes booleans as the atoms of their names, null and undefined as the atom nil', () => {
    expect(phash2(true)).toBe(phash2(atom('true')));
    expect(phash2(false)).toBe(phash2(atom('false')));
    expect(phash2(null)).toBe(phash2(atom('nil')));
    expect(phash2(undefined)).toBe(phash2(atom('nil')));
  });

  it('tells an atom from the string of the same letters', () => {
    expect(phash2(atom('toto'))).not.toBe(phash2('toto'));
  });

  it('hashes a Buffer as the bytes it holds', () => {
    expect(phash2(Buffer.from('a_key'))).toBe(phash2('a_key'));
  });

  it('hashes a bigint of a hundred thousand digits', () => {
    // erlang:phash2(1 bsl 400000 - 1, 1 bsl 32)
    expect(phash2((1n << 400_000n) - 1n, WHOLE)).toBe(1458089535);
  });

  it.each([
    ['NaN', NaN, 'phash2: expected a finite number, got NaN'],
    ['an infinity', -Infinity, 'phash2: expected a finite number, got -Infinity'],
    ['a plain object', { a: 1 }, 'phash2: expected a string, number, bigint, boolean,'],
    ['a Map', new Map(), 'got Map(0) {}'],
    ['a symbol', Symbol('s'), 'got Symbol(s)'],
    ['a function', Math.abs, 'got [Function: abs]'],
    ['something unhashable inside a tuple', ['user', [new Date(0)]], 'got 1970-01-01T00:00:00.000Z'],
  ])('refuses %s', (_, term, text) => {
    const hash = () => phash2(term as HashableTerm);
    expect(hash).toThrow(BadArgumentError);
    expect(hash).toThrow(text);
  });

  it('refuses an array that contains itself', () => {
    const endless: HashableTerm[] = [];
    endless.push(1, endless);
    expect(() => phash2(endless)).toThrow(BadArgumentError);
    expect(() => phash2(endless)).toThrow('phash2: expected tuples nested at most 500 deep');
  });

  it('hashes tuples nested 500 deep', () => {
    // erlang:phash2(lists:foldl(fun(_, T) -> {T} end, 1, lists:seq(1, 500)), 1 bsl 32)
    const nested = Array.from({ length: 500 }).reduce<HashableTerm>((inner) => [inner], 1);
    expect(phash2(nested, WHOLE)).toBe(2336642995);
  });

  it.each([0, -1, 1.5, NaN, Infinity, WHOLE + 1, '5'])('refuses the range %p', (range) => {
    const hash = () => phash2('a_key', range as number);
    expect(hash).toThrow(BadArgumentError);
    expect(hash).toThrow('phash2: expected a range from 1 to 2^32, got ');
  });
});

describe('atom', () => {
  it('keeps its name', () => {
    expect(atom('toto').name).toBe('toto');
  });

  it('accepts 255 characters of any alphabet, and not one more', () => {
    expect(atom('😀'.repeat(255)).name).toHaveLength(510);
    expect(() => atom('x'.repeat(256))).toThrow(BadArgumentError);
    expect(() => atom('x'.repeat(256))).toThrow('atom: expected a string of at most 255 characters, got ');
  });

  it('refuses what is no string', () => {
    expect(() => atom(1 as unknown as string)).toThrow(BadArgumentError);
  });
});
