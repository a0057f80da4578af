import type { Pid } from '../../../../packages/runtime/src/terms/pid';
import { OpenCalls } from '../../../../packages/runtime/src/terms/from';
import { ReceivedCalls } from '../../../../packages/runtime/src/distribution/connection/received-calls';
import {
  RemoteFrom,
  type AnswerPort,
} from '../../../../packages/runtime/src/distribution/connection/remote-from';

const slots = 2 ** 16;

describe('the calls received over a connection', () => {
  let received: ReceivedCalls;
  let open: OpenCalls;
  let answers: string[];

  beforeEach(() => {
    received = new ReceivedCalls();
    open = new OpenCalls();
    answers = [];
  });

  function arrive(call: number): RemoteFrom {
    const port: AnswerPort = {
      identify: (from) => ({ pid: from.pid, node: 'a@h', creation: 1, call: from.call }),
      forget: (from) => received.remove(from),
      sendReply: (number, value) => answers.push(`${number} ${String(value)}`),
      sendFailure: (number, failure) => answers.push(`${number} ${failure.kind}`),
    };
    const from = new RemoteFrom('<a@h/1.0/1>' as Pid, call, port, '<b@h/1.0/1>' as Pid);
    received.add(from);
    open.add(from);
    return from;
  }

  it('are found by their numbers until they are answered', () => {
    const from = arrive(3 * slots + 7);
    expect(received.find(3 * slots + 7)).toBe(from);
    expect(received.find(2 * slots + 7)).toBeUndefined();
    from.reply('yes');
    expect(received.find(3 * slots + 7)).toBeUndefined();
    expect([answers, open.count()]).toEqual([[`${3 * slots + 7} yes`], 0]);
  });

  it('are answered once, by reply or by failure', () => {
    const from = arrive(1);
    from.fail({ kind: 'noproc' });
    from.reply('late');
    from.fail({ kind: 'noproc' });
    expect(answers).toEqual(['1 noproc']);
  });

  it('all fail with their server', () => {
    arrive(1);
    arrive(2);
    open.failAll({ kind: 'exit', reason: 'oops' });
    expect(answers.sort()).toEqual(['1 exit', '2 exit']);
    expect(received.find(1)).toBeUndefined();
  });

  it('are dropped without an answer when nobody waits any more', () => {
    const [one, two] = [arrive(1), arrive(2)];
    one.drop();
    expect(open.count()).toBe(1);
    received.dropAll();
    expect(open.count()).toBe(0);
    two.reply('late');
    expect(answers).toStrictEqual([]);
  });

  it('are all dropped at once, also those whose place another one has', () => {
    const calls = [arrive(5), arrive(slots + 5), arrive(2 * slots + 5)];
    received.dropAll();
    expect([open.count(), received.isEmpty]).toEqual([0, true]);
    for (const from of calls) from.reply('late');
    expect(answers).toStrictEqual([]);
  });

  it('have their places, though the lower parts of their numbers are equal', () => {
    const [first, second, third] = [arrive(5), arrive(slots + 5), arrive(2 * slots + 5)];
    first.reply('one');
    expect([received.find(5), received.find(slots + 5)]).toStrictEqual([undefined, second]);
    third.drop();
    second.reply('two');
    expect(received.find(slots + 5)).toBeUndefined();
    expect([answers, open.count()]).toEqual([['5 one', `${slots + 5} two`], 0]);
  });

  it('keep their places when another one goes whose number has the same lower part', () => {
    const [first, second] = [arrive(5), arrive(slots + 5)];
    second.reply('two');
    expect([received.find(5), received.find(slots + 5)]).toStrictEqual([first, undefined]);
    expect(received.isEmpty).toBe(false);
    first.reply('one');
    expect(received.isEmpty).toBe(true);
  });

  it('make room for a later call of the same number', () => {
    const old = arrive(5);
    const now = arrive(5);
    old.reply('late');
    expect(received.find(5)).toBe(now);
    expect([answers, open.count()]).toEqual([[], 1]);
  });

  it('may come in any order of numbers', () => {
    const from = arrive(slots - 1);
    expect(received.find(slots - 1)).toBe(from);
    expect(received.find(0)).toBeUndefined();
  });
});
