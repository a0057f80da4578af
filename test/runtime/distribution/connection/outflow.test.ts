import fc from 'fast-check';
import { BadArgumentError, type Pid } from '@trestle/runtime';
import { ConnectionOutflow } from '../../../../packages/runtime/src/distribution/connection/outflow';
import {
  checkSendBuffer,
  isBusyWith,
  sendBufferOf,
} from '../../../../packages/runtime/src/distribution/connection/send-buffer';

const marks = { highBytes: 100, lowBytes: 50 };

describe('the marks of a send buffer', () => {
  it.each([
    [0, false, false],
    [99, false, false],
    [100, false, true],
    [100, true, true],
    [50, true, true],
    [49, true, false],
    [49, false, false],
  ])('with %d bytes that wait, busy before: %s, now: %s', (bytes, before, now) => {
    expect(isBusyWith(bytes, before, marks)).toBe(now);
  });

  it('make a node that is not busy busy only from the high one on, and one that is free only below the low one', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200)), (levels) => {
        let busy = false;
        for (const level of levels) {
          const before: boolean = busy;
          busy = isBusyWith(level, before, marks);
          if (busy !== before) expect(busy ? level >= 100 : level < 50).toBe(true);
          if (level >= 100) expect(busy).toBe(true);
          if (level < 50) expect(busy).toBe(false);
        }
      }),
    );
  });

  it('are 1 MiB and half of it unless told otherwise', () => {
    expect(sendBufferOf()).toEqual({ highBytes: 2 ** 20, lowBytes: 2 ** 19, maxBytes: 2 ** 29 });
    expect(sendBufferOf({ highBytes: 200_000 })).toMatchObject({ highBytes: 200_000, lowBytes: 100_000 });
  });

  it.each([
    [{ highBytes: 1_000 }, /sendBuffer.highBytes to be bytes \(65536 or more, or Infinity\), got 1000/],
    [{ highBytes: '1' }, /sendBuffer.highBytes to be bytes/],
    [{ maxBytes: NaN }, /sendBuffer.maxBytes to be bytes/],
    [{ lowBytes: 1 }, /sendBuffer to have no 'lowBytes'/],
    ['1 MiB', /sendBuffer to be \{ highBytes, maxBytes \}/],
    [{ highBytes: 600 * 2 ** 20 }, /sendBuffer.maxBytes not to be less than highBytes, 629145600/],
  ])('are refused if they are wrong: %j', (options, problem) => {
    expect(() => checkSendBuffer('startNode', options)).toThrow(BadArgumentError);
    expect(() => checkSendBuffer('startNode', options)).toThrow(problem);
  });
});

let waiting: number;
let turns: (() => void)[];
let heard: string[];
let outflow: ConnectionOutflow;
beforeEach(() => {
  waiting = 100;
  turns = [];
  heard = [];
  outflow = new ConnectionOutflow({
    marks,
    waitingBytes: () => waiting,
    nextTurn: (callback) => void turns.push(callback),
    watch: {
      busy: (backlog) => void heard.push(`busy ${JSON.stringify(backlog())}`),
      free: () => void heard.push('free'),
    },
  });
});
/** What a sender sends fills the buffer by so many bytes. */
const suspend = (name: string, bytes: number): void =>
  outflow.suspend({
    sender: name as Pid,
    go: () => void (heard.push(name), (waiting += bytes)),
    drop: () => void heard.push(`${name} dropped`),
  });
const turn = (): void => {
  for (const callback of turns.splice(0)) callback();
};
const drained = (bytes: number): void => {
  waiting -= bytes;
  outflow.look();
  turn();
};

describe('those who wait until a connection is not busy', () => {
  it('go on in order, as long as what they send leaves room', () => {
    for (const name of ['a', 'b', 'c', 'd']) suspend(name, 40);
    turn();
    expect(heard).toStrictEqual([]);
    drained(50);
    expect(heard).toStrictEqual([]);
    drained(1);
    expect(heard).toEqual(['a', 'b']);
    expect(outflow.mustWait).toBe(true);
    drained(80);
    expect(heard).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are joined by those who come later, though there is room by then', () => {
    suspend('a', 10);
    waiting = 0;
    expect([outflow.isBusy, outflow.mustWait]).toEqual([false, true]);
    turn();
    expect([outflow.isBusy, outflow.mustWait]).toEqual([false, false]);
  });

  it('are all let go when the connection is lost, and nobody waits for it any more', () => {
    suspend('a', 10);
    suspend('b', 10);
    outflow.end();
    turn();
    expect(heard).toEqual(['a dropped', 'b dropped']);
    expect(outflow.mustWait).toBe(false);
  });

  it('are let go too if what one of them sends is the end of the connection', () => {
    outflow.suspend({ sender: 'a' as Pid, go: () => outflow.end(), drop: () => undefined });
    suspend('b', 10);
    waiting = 0;
    turn();
    expect(heard).toEqual(['b dropped']);
  });
});

describe('who watches a connection', () => {
  it('hears in a later turn that it is busy, who waits, and once nobody does any more that it is free', () => {
    outflow.filled();
    outflow.filled();
    suspend('a', 60);
    suspend('b', 10);
    expect(heard).toStrictEqual([]);
    turn();
    expect(heard).toEqual(['busy {"bytes":100,"waiting":["a","b"]}']);
    drained(60);
    outflow.filled();
    turn();
    expect(heard.slice(1)).toEqual(['a']);
    drained(60);
    expect(heard.slice(1)).toEqual(['a', 'b', 'free']);
    drained(10);
    waiting = 100;
    outflow.filled();
    turn();
    expect(heard.slice(4)).toEqual(['busy {"bytes":100,"waiting":[]}']);
  });

  it('hears nothing of what has left before the next turn', () => {
    outflow.filled();
    waiting = 10;
    turn();
    drained(10);
    expect(heard).toStrictEqual([]);
  });

  it('hears that it is free when it is lost, in a later turn, and nothing after that', () => {
    outflow.filled();
    turn();
    outflow.end();
    expect(heard).toHaveLength(1);
    turn();
    outflow.filled();
    drained(100);
    expect(heard.slice(1)).toEqual(['free']);
  });

  it('hears nothing of a connection that is lost before it is told', () => {
    outflow.filled();
    outflow.end();
    turn();
    expect(heard).toStrictEqual([]);
  });
});
