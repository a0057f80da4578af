import pino from 'pino';
import {
  BadArgumentError,
  consoleLogger,
  GenServer,
  pinoLogger,
  silentLogger,
  startNode,
  teeLogger,
  type Logger,
  type LogRecord,
} from '@trestle/runtime';
import { settle, startTestNode } from '../../../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';
import { crash, pid, textRecord } from './some-records';

describe('a logger that misbehaves', () => {
  const texts: string[] = [];
  const log = ({ text }: LogRecord): void => void texts.push(text);
  beforeEach(() => (texts.length = 0));

  it.each<[string, Logger]>([
    ['throws', { log: (record) => (log(record), fail()) }],
    ['rejects', { log: (record) => (log(record), Promise.reject(new Error('no'))) as never }],
    ['returns a thenable that throws', { log: (record) => (log(record), { then: fail }) as never }],
    ['throws when it is flushed', { log, flush: fail }],
    ['rejects when it is flushed', { log, flush: () => Promise.reject(new Error('no')) as never }],
  ])('and %s harms nobody, and gets the next record', async (_how, logger) => {
    const node = await startTestNode({ logger });
    node.log.info('a');
    node.log.info('b');
    await node.stop();
    await settle();
    expect(texts).toEqual(['a', 'b']);
  });

  it('and logs itself is not called for that', async () => {
    const node = await startNode({
      logger: {
        log: (record) => {
          log(record);
          node.log.error('again');
        },
      },
    });
    node.log.info('a');
    node.log.info('b');
    await node.stop();
    expect(texts).toEqual(['a', 'b']);
  });
});

describe('consoleLogger', () => {
  let lines: string[];
  const write = (text: string): void => void lines.push(text);
  beforeEach(() => (lines = []));

  it('writes each record as a line', () => {
    consoleLogger({ write }).log(textRecord());
    expect(lines).toEqual(['03:04:05.006 [info] something happened\n']);
  });

  it('writes JSON if it is asked to, and what a function makes', () => {
    consoleLogger({ write, format: 'json' }).log(textRecord());
    consoleLogger({ write, format: ({ text }) => text.toUpperCase() }).log(textRecord());
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', text: 'something happened' });
    expect(lines[0]).toMatch(/\}\n$/);
    expect(lines[1]).toBe('SOMETHING HAPPENED\n');
  });

  it('writes from its level on, of what a node lets pass', async () => {
    const logger = consoleLogger({ write, level: 'warning' });
    expect(logger.level).toBe('warning');
    for (const level of ['debug', 'notice', 'warning', 'critical'] as const)
      logger.log(textRecord({ level }));
    expect(lines.map((line) => line.slice(13, -20))).toEqual(['[warning]', '[critical]']);
  });

  it('has colours only if it is asked to where a function writes', () => {
    consoleLogger({ write, colors: true }).log(textRecord({ level: 'error', fields: { n: 1 } }));
    expect(lines.join('')).toBe(
      '\u001B[31m03:04:05.006 [error] something happened\u001B[39m\n\u001B[2m  n: 1\u001B[22m\n',
    );
  });

  describe('in a burst', () => {
    const burst = { records: 2, withinMs: 1_000 };
    let clock: VirtualClock;
    let logger: Logger;
    const log = (...texts: string[]) => texts.forEach((text) => logger.log(textRecord({ text })));
    const written = () => lines.map((line) => line.slice(13, -1));
    beforeEach(() => {
      clock = new VirtualClock();
      logger = consoleLogger({ write, burst, clock });
    });

    it('writes so many records, and says how many it dropped when the time is over', async () => {
      log('a', 'b', 'c', 'd', 'e');
      await clock.advance(999);
      expect(written()).toEqual(['[info] a', '[info] b']);
      await clock.advance(1);
      expect(written()[2]).toBe('[warning] 3 records dropped: too many at once');
      log('f');
      expect(written()[3]).toBe('[info] f');
      expect(clock.runningTimers).toBe(0);
    });

    it('begins to count with the first record, and anew when the time is over', async () => {
      for (const text of ['a', 'b', 'c', 'd']) {
        log(text);
        await clock.advance(500);
      }
      expect(written()).toEqual(['[info] a', '[info] b', '[info] c', '[info] d']);
      expect(clock.runningTimers).toBe(0);
    });

    it('says it as a record, so that JSON is JSON', async () => {
      logger = consoleLogger({ write, burst, clock, format: 'json' });
      log('a', 'b', 'c');
      await clock.advance(1_000);
      expect(JSON.parse(lines[2]!)).toMatchObject({
        level: 'warning',
        report: { type: 'dropped', records: 1 },
      });
    });

    it('says it at once when its node stops, and leaves no timer', async () => {
      const node = await startTestNode({ logger, clock });
      for (const text of ['a', 'b', 'c']) node.log.info(text);
      await node.stop();
      expect(written()[2]).toBe('[warning] 1 records dropped: too many at once');
      expect(clock.runningTimers).toBe(0);
    });

    it('writes all if there is no limit', () => {
      logger = consoleLogger({ write, burst: false });
      log(...Array.from({ length: 2_000 }, String));
      expect(lines).toHaveLength(2_000);
    });

    it('writes 500 within a second unless told otherwise', async () => {
      logger = consoleLogger({ write, clock });
      log(...Array.from({ length: 2_000 }, String));
      await clock.advance(1_000);
      expect(lines).toHaveLength(501);
      expect(written().at(-1)).toContain('1500 records dropped');
    });
  });

  it.each<[unknown, string]>([
    [{ level: 'loud' }, "consoleLogger: expected level to be one of 'all', 'debug'"],
    [{ format: 'xml' }, "expected format to be 'text', 'json' or a function"],
    [{ write: 1 }, 'expected write to be a function'],
    [{ colors: 1 }, 'expected colors to be true or false'],
    [{ burst: true }, 'expected burst to be false, or { records: 1 or more'],
    [{ burst: { records: 0, withinMs: 1 } }, 'expected burst to be false'],
    [{ burst: { records: 1, withinMs: Infinity } }, 'expected burst to be false'],
    [{ burst: { records: 1.5, withinMs: 1 } }, 'expected burst to be false'],
    [{ clock: {} }, 'expected clock to be a clock'],
    [{ stream: 1 }, "expected options to have no 'stream'"],
  ])('refuses %j', (options, message) => {
    expect(() => consoleLogger(options as never)).toThrow(BadArgumentError);
    expect(() => consoleLogger(options as never)).toThrow(message);
  });
});

describe('silentLogger', () => {
  it('has nothing made that would be written nowhere', async () => {
    const node = await startTestNode({ logger: silentLogger, levels: { default: 'all' } });
    node.log.emergency(fail);
    expect(node.log.allows('emergency')).toBe(false);
  });
});

describe('teeLogger', () => {
  it('writes to each logger by its level, whatever the others throw', () => {
    const written: string[] = [];
    const to = (name: string, level: 'all' | 'error'): Logger => ({
      level,
      log: ({ text }) => (written.push(`${name} ${text}`), fail()),
      flush: () => (written.push(`${name} flushed`), fail()),
    });
    const logger = teeLogger(to('a', 'error'), to('b', 'all'), {
      log: ({ text }) => written.push(`c ${text}`),
    });
    expect(logger.level).toBe('all');
    logger.log(textRecord({ text: 'x' }));
    logger.log(textRecord({ text: 'y', level: 'error' }));
    logger.flush?.();
    expect(written).toEqual(['b x', 'c x', 'a y', 'b y', 'c y', 'a flushed', 'b flushed']);
  });

  it('takes what one of them takes', () => {
    expect(teeLogger({ level: 'error', log: fail }, { level: 'notice', log: fail }).level).toBe('notice');
  });

  it('is refused without loggers, and with one that is none', () => {
    expect(() => teeLogger()).toThrow('teeLogger: expected options to be one logger or more');
    expect(() => teeLogger(silentLogger, {} as never)).toThrow('teeLogger: expected 1 to be a logger');
  });
});

describe('pinoLogger', () => {
  let lines: any[];
  const stream = { write: (text: string) => void lines.push(JSON.parse(text)) };
  beforeEach(() => (lines = []));

  it.each([
    ['debug', 20],
    ['info', 30],
    ['notice', 30],
    ['warning', 40],
    ['error', 50],
    ['critical', 60],
    ['alert', 60],
    ['emergency', 60],
  ] as const)('writes %s as pino level %d, and says which it was where pino has none', (level, expected) => {
    pinoLogger(pino({ level: 'trace' }, stream)).log(textRecord({ level, fields: { n: 1 } }));
    expect(lines).toMatchObject([
      { level: expected, msg: 'something happened', node: 'n@h', fields: { n: 1 } },
    ]);
    expect(lines[0].severity).toBe(['debug', 'info', 'error'].includes(level) ? undefined : level);
    expect(typeof lines[0].pid).toBe('number');
  });

  it('hands on the error of a crash as pino knows errors, and the report', () => {
    const record = { ...textRecord({ level: 'error', pid: pid(4) }), report: crash } as LogRecord;
    pinoLogger(pino({}, stream)).log(record);
    expect(lines).toMatchObject([
      {
        err: {
          message: 'no: tired',
          type: 'TypeError',
          code: 'ERR_NO',
          stack: expect.stringContaining('counter.ts'),
        },
        process: { pid: pid(4) },
        report: { type: 'crash', state: { total: 3 } },
      },
    ]);
  });

  it('hands on an error among the fields, and fields that JSON has not', () => {
    const fields = { error: new TypeError('odd'), big: 1n, map: new Map([['a', 1]]) };
    pinoLogger(pino({}, stream)).log(textRecord({ fields }));
    expect(lines).toMatchObject([
      { err: { type: 'TypeError', message: 'odd' }, fields: { big: '1n', map: { a: 1 } } },
    ]);
  });

  it('converts nothing that pino does not write', () => {
    const fields = {
      get dear(): never {
        return fail();
      },
    };
    const logger = pinoLogger(pino({ level: 'error' }, stream));
    logger.log(textRecord({ fields }));
    expect(lines).toStrictEqual([]);
  });

  it('is the logger of a node', async () => {
    class Shop extends GenServer {
      override handleInfo(): void {
        throw new RangeError('closed');
      }
    }
    const node = await startTestNode({ logger: pinoLogger(pino({}, stream)), levels: {} });
    node.send(await node.start(Shop), 'hello');
    await settle();
    await node.stop();
    expect(lines).toMatchObject([
      { level: 50, module: 'Shop', err: { message: 'closed', name: 'RangeError' } },
    ]);
  });

  it.each([[undefined], [{}], [{ info: () => {} }]])('is refused for %j', (wrong) => {
    expect(() => pinoLogger(wrong as never)).toThrow(BadArgumentError);
    expect(() => pinoLogger(wrong as never)).toThrow('pinoLogger: expected a pino logger, with ');
  });
});

function fail(): never {
  throw new Error('no');
}
