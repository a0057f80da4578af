import { functionOf, sourceOf, type AnyFunction } from '../../../packages/runtime/src/terms/function-source';

/** A function after its travel. */
function travelled(fn: AnyFunction): (...args: any[]) => any {
  return functionOf('test', sourceOf('fn', fn));
}

const object = {
  method(n: number) {
    return n + 1;
  },
  async later(n: number) {
    return n + 1;
  },
  *count(n: number) {
    for (let i = 0; i < n; i++) yield i;
  },
  async *countLater(n: number) {
    yield n;
  },
  'a name'(n: number) {
    return n + 1; // says this, and super
  },
  get(n: number) {
    return n + 1;
  },
};

class Counter {
  private total = 1;
  #hidden = 1;
  static twice(n: number) {
    return n * 2;
  }
  add(n: number) {
    return (this.total += n);
  }
  look() {
    return this.#hidden;
  }
}

const outer = 41;

describe('a function that travels as its source', () => {
  it.each<[string, AnyFunction]>([
    ['an arrow', (n: number) => n + 1],
    [
      'an arrow with a body, and a comment at its end',
      (n: number) => {
        return n + 1;
      } /* here */,
    ],
    [
      'a function',
      function (n: number) {
        return n + 1;
      },
    ],
    [
      'a function that calls itself by its name',
      function add(n: number, times = 1): number {
        return times === 0 ? n : add(n + 1, times - 1);
      },
    ],
    ['a method', object.method],
    ['a method with a name of several words', object['a name']],
    ['a method that is called get', object.get],
  ])('does what it did: %s', (_kind, fn) => {
    expect(travelled(fn)(41)).toBe(42);
  });

  it('does what it did if it is async', async () => {
    expect(await travelled(async (n: number) => n + 1)(41)).toBe(42);
    expect(await travelled(object.later)(41)).toBe(42);
  });

  it.each<[string, AnyFunction]>([
    [
      'a function',
      function* (n: number) {
        yield n;
      },
    ],
    ['a method', object.count],
    ['an async method', object.countLater],
  ])('is refused if it is a generator, whose call does nothing: %s', (_kind, fn) => {
    expect(() => travelled(fn)).toThrow('expected the source of a function that is no generator, got');
  });

  it('that needs no object may come from a class', () => {
    expect(travelled(Counter.twice)(21)).toBe(42);
  });

  it.each<[string, AnyFunction, RegExp]>([
    ['a bound function', object.method.bind(object), /a bound or built-in function, 'bound method'/],
    ['a built-in function', Math.max, /a bound or built-in function, 'max'/],
    ['a class', Counter as never, /a class, 'Counter'/],
    ['a method that uses its object', new Counter().add, /a method that uses its object, 'add'/],
    ['a method that uses what is private', new Counter().look, /a method that uses its object, 'look'/],
    ['a proxy', new Proxy(() => 1, {}), /a proxy of a function/],
    [
      'an accessor',
      Object.getOwnPropertyDescriptor({ get x() { return 1; } }, 'x')!.get as AnyFunction, // prettier-ignore
      /an accessor/,
    ],
  ])('is refused where it would be sent if it is %s', (_kind, fn, message) => {
    expect(() => sourceOf('spawnOn', fn)).toThrow(
      expect.objectContaining({ code: 'ERR_UNSENDABLE', message: expect.stringMatching(message) }),
    );
  });

  it('says what it misses of its closure, at once or later', async () => {
    const why =
      'outer is not defined: a function of another node is executed without what it closes over, imports of its file among it, which travels as an argument';
    expect(() => travelled(() => outer + 1)()).toThrow(why);
    await expect(travelled(async () => outer + 1)()).rejects.toThrow(why);
  });

  it('fails with its own errors as it would at home', async () => {
    const fail = (): never => {
      throw new RangeError('mine');
    };
    expect(() => travelled(fail)()).toThrow(new RangeError('mine'));
    await expect(travelled(async () => { throw new RangeError('mine'); })()).rejects.toThrow('mine'); // prettier-ignore
  });

  it('has no object, and nothing of the runtime within reach', () => {
    const seen = travelled(function (this: unknown) {
      return [typeof this, typeof require, typeof module];
    })();
    expect(seen).toEqual(['undefined', 'undefined', 'undefined']);
  });

  it.each(['', '1', 'x =>', 'get x() { return 1; }', 'class X {}{'])(
    'is refused where it arrives if it is none: %j',
    (source) => {
      expect(() => functionOf('spawnOn', source)).toThrow(
        expect.objectContaining({ code: 'ERR_BAD_ARGUMENT' }),
      );
    },
  );
});

describe('an error of a function that was sent', () => {
  const thrownBy = (source: string): Error => {
    try {
      functionOf('test', source)();
    } catch (error) {
      return error as Error;
    }
    throw new Error('it threw nothing');
  };
  const firstFrame = ({ stack = '' }: Error): string =>
    stack
      .split('\n')
      .find((l) => /^\s+at /.test(l))!
      .trim();

  it('tells the line of its source, and that it was sent', () => {
    const error = thrownBy("function named() {\n  const x = 1;\n  throw new Error('on line 3');\n}");
    expect(firstFrame(error)).toBe('at named (sent-function:3:9)');
    expect(firstFrame(thrownBy("method(n) {\n  throw new Error('on line 2');\n}"))).toMatch(
      /method \(sent-function:2:9\)$/,
    );
  });

  it('tells where it is also when what it misses is explained', () => {
    const error = thrownBy('() => {\n  return outer;\n}');
    expect(firstFrame(error)).toMatch(/sent-function:2:3/);
    expect(error.stack).toMatch(/^ReferenceError: outer is not defined: .*\n\s+at /);
    expect(error.cause).toMatchObject({ name: 'ReferenceError', message: 'outer is not defined' });
  });

  it('says that there is no this, if it looks for it', async () => {
    const why = 'a function of another node is executed without `this`, which it uses';
    expect(thrownBy('() => this.n').message).toBe(
      `Cannot read properties of undefined (reading 'n'): ${why}`,
    );
    expect(thrownBy('function () {\n  this.n = 1;\n}').message).toBe(
      `Cannot set properties of undefined (setting 'n'): ${why}`,
    );
    await expect(travelled(async function (this: any) { return this.n; })()).rejects.toThrow(why); // prettier-ignore
    // What is undefined without it is no matter of that.
    expect(thrownBy("(x) => x.n /* not this */ + 'this'").message).toBe(
      "Cannot read properties of undefined (reading 'n')",
    );
  });

  it('names imports of its file, and what a compiler puts there, as a part of what it closes over', () => {
    expect(thrownBy('() => (0, _elsewhere.fn)(1)').message).toMatch(
      /^_elsewhere is not defined: .* without what it closes over, imports of its file among it, which travels as an argument$/,
    );
    expect(thrownBy("() => require('node:os')").message).toMatch(
      /^require is not defined: .*imports of its file/,
    );
  });

  it('imports what its node has', async () => {
    const cores = functionOf('test', "async () => process.getBuiltinModule('node:os').cpus().length")();
    expect(await cores).toBeGreaterThan(0);
  });
});
