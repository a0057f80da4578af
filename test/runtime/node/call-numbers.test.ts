import fc from 'fast-check';
import { CallNumbers } from '../../../packages/runtime/src/node/calls/call-numbers';
import type { PendingCall } from '../../../packages/runtime/src/node/calls/pending-call';

const fresh = (): PendingCall => {
  const call = { number: 0, failed: 0, fail: () => void (call.failed += 1) };
  return call as unknown as PendingCall;
};

describe('the numbers of calls', () => {
  it('find the call they were given to, until it is released, and no other ever', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat({ max: 20 }), { nil: null }), { maxLength: 200 }), (steps) => {
        const numbers = new CallNumbers();
        const open = new Map<number, PendingCall>();
        const released = new Set<number>();
        for (const step of steps) {
          if (step === null) {
            const call = fresh();
            const number = numbers.assign(call);
            expect(released.has(number) || open.has(number)).toBe(false);
            expect(numbers.assign(call)).toBe(number);
            open.set(number, call);
          } else {
            const number = [...open.keys()][step];
            if (number === undefined) continue;
            numbers.release(open.get(number)!);
            open.delete(number);
            released.add(number);
          }
        }
        for (const [number, call] of open) expect(numbers.find(number)).toBe(call);
        for (const number of released) expect(numbers.find(number)).toBeUndefined();
        expect(numbers.size).toBe(open.size);
      }),
    );
  });

  it('are 0 for a call that has none, and find nothing that was never given', () => {
    const numbers = new CallNumbers();
    const call = fresh();
    numbers.assign(call);
    numbers.release(call);
    expect(call.number).toBe(0);
    for (const number of [0, 1, -1, 1.5, NaN, Infinity, 2 ** 53])
      expect(numbers.find(number)).toBeUndefined();
  });

  it('keep more than a million calls apart', () => {
    const numbers = new CallNumbers();
    const calls = Array.from({ length: 2 ** 20 + 10 }, fresh);
    for (const call of calls) numbers.assign(call);
    for (const index of [0, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 9]) {
      expect(numbers.find(calls[index]!.number)).toBe(calls[index]);
    }
    numbers.release(calls[2 ** 20 + 5]!);
    expect(numbers.find(calls[5]!.number)).toBe(calls[5]);
  });

  it('are still exact integers when a slot was used very often', () => {
    const numbers = new CallNumbers();
    const call = fresh();
    numbers.assign(call);
    (numbers as unknown as { generation: number[] }).generation[1] = 2 ** 29 - 2;
    numbers.release(call);
    const last = numbers.assign(call);
    expect(Number.isSafeInteger(last)).toBe(true);
    expect(numbers.find(last)).toBe(call);
    numbers.release(call);
    expect(numbers.assign(call)).not.toBe(last);
    expect(numbers.find(last)).toBeUndefined();
  });

  it('fail every call that has one', () => {
    const numbers = new CallNumbers();
    const calls = [fresh(), fresh(), fresh()];
    for (const call of calls) numbers.assign(call);
    numbers.failAll({ kind: 'nodedown', node: 'b@h', mayHaveLeft: true });
    expect(calls.map((call) => (call as unknown as { failed: number }).failed)).toEqual([1, 1, 1]);
  });
});
