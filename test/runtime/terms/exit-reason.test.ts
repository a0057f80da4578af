import { runInNewContext } from 'node:vm';
import {
  describeReason,
  errorToData,
  isErrorData,
  isNoCrash,
  isOrderly,
  ProcessExit,
  reasonOfThrown,
} from '../../../packages/runtime/src/terms/exit-reason';
import { hostileErrors } from '../../support/hostile-errors';

describe('an exit reason', () => {
  it('is orderly or a failure', () => {
    for (const reason of ['normal', 'shutdown', { type: 'shutdown', detail: 1 }])
      expect(isOrderly(reason)).toBe(true);
    for (const reason of ['killed', 'noproc', 'odd', undefined, null, 5, { type: 'error' }]) {
      expect(isOrderly(reason)).toBe(false);
    }
  });

  it('is an error as data: name, message, stack, code and causes', () => {
    class OddError extends Error {
      override name = 'OddError';
      code = 'ERR_ODD';
    }
    const data = errorToData(new OddError('odd', { cause: new TypeError('below', { cause: { any: 1 } }) }));
    expect(data).toEqual({
      type: 'error',
      name: 'OddError',
      message: 'odd',
      code: 'ERR_ODD',
      stack: expect.stringContaining('OddError') as string,
      cause: {
        type: 'error',
        name: 'TypeError',
        message: 'below',
        stack: expect.any(String) as string,
        cause: { any: 1 },
      },
    });
    expect(isErrorData(data)).toBe(true);
  });

  it('is data for an error of another realm', () => {
    expect(errorToData(runInNewContext('new SyntaxError("far")'))).toMatchObject({
      type: 'error',
      name: 'SyntaxError',
      message: 'far',
    });
  });

  it('is data, though an error has fields of another kind than it should', () => {
    const odd = Object.assign(new Error('any'), { name: 42, message: { a: 1 }, stack: [() => 'a frame'] });
    expect(errorToData(odd)).toStrictEqual({ type: 'error', name: '42', message: '[object Object]' });
  });

  it.each(hostileErrors)('says so if what was thrown cannot be read, such as %s', (_what, make) => {
    const thrown = make();
    for (const reason of [errorToData(thrown), reasonOfThrown(thrown)])
      expect(describeReason(reason)).toBe('Error: what was thrown raises an error when it is read');
    expect([isNoCrash(thrown), isOrderly(thrown), isErrorData(thrown)]).toStrictEqual([false, false, false]);
    expect(typeof describeReason(thrown)).toBe('string');
  });

  it('has an end, though an error is its own cause', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(JSON.stringify(errorToData(error))).toContain('loop');
  });

  it('is what was thrown, or what an exit says', () => {
    expect(reasonOfThrown('any')).toBe('any');
    expect(reasonOfThrown(undefined)).toBeUndefined();
    expect(reasonOfThrown(new ProcessExit({ type: 'shutdown', detail: 1 }))).toEqual({
      type: 'shutdown',
      detail: 1,
    });
    expect(reasonOfThrown(new Error('broken'))).toMatchObject({ type: 'error', message: 'broken' });
  });

  it.each([
    ['normal', 'normal'],
    [{ type: 'error', name: 'TypeError', message: 'broken' }, 'TypeError: broken'],
    [{ type: 'shutdown', detail: 'why' }, 'shutdown: why'],
    [{ code: 7 }, '{"code":7}'],
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    [Symbol('s'), 'Symbol(s)'],
    [
      { type: 'badReturnValue', callback: 'handleCall', value: Math.max },
      'bad return value of handleCall: expected reply(request, …), noReply(…) or stop(…), got [Function: max]',
    ],
    [
      { type: 'badReturnValue', callback: 'start', value: undefined },
      'bad return value of start: expected a pid; of a child also ignore(), of an application also { root, state }, got undefined',
    ],
    [{ type: 'badReturnValue', callback: 'ofNobody', value: 5 }, 'bad return value of ofNobody: 5'],
    [
      { type: 'badAction', value: 'x' },
      "bad action: expected reply(request, …) to a call, replyTo(…), postpone(), nextEvent(…) with an event, a timeout, or another action of its state, got 'x'",
    ],
    [[1n], '[object Array]'],
  ])('%p is told as %s', (reason, text) => {
    expect(describeReason(reason)).toBe(text);
  });

  it('is told though it is a circle', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(describeReason(circle)).toBe('[object Object]');
    expect(new ProcessExit(circle).message).toBe('exit: [object Object]');
  });

  it('is raised as an error that says why, and traces nothing', () => {
    const exit = new ProcessExit('boom');
    expect(exit).toBeInstanceOf(Error);
    expect(String(exit)).toBe('ProcessExit: exit: boom');
    expect(exit.stack?.split('\n')).toHaveLength(1);
    expect(new Error('a mistake').stack?.split('\n').length).toBeGreaterThan(1);
  });
});
