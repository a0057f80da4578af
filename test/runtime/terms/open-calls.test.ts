import fc from 'fast-check';
import {
  ListedFrom,
  OpenCalls,
  type CallFailure,
  type FromIdentity,
} from '../../../packages/runtime/src/terms/from';
import type { Pid } from '../../../packages/runtime/src/terms/pid';

class TestFrom extends ListedFrom {
  readonly isOpen = true;
  failures: CallFailure[] = [];
  constructor(private readonly onFail: () => void = () => {}) {
    super('<n@h/1.0/1>' as Pid);
  }
  reply(): void {}
  fail(failure: CallFailure): void {
    this.failures.push(failure);
    this.onFail();
  }
  identify(): FromIdentity {
    return { pid: this.pid, node: 'n@h', creation: 1, call: 1 };
  }
}

const lost: CallFailure = { kind: 'nodedown', node: 'b@h', mayHaveLeft: true };

describe('open calls', () => {
  it('fail those that are still listed, each once, in whatever order they came and went', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat({ max: 20 }), { nil: null }), { maxLength: 100 }), (steps) => {
        const calls = new OpenCalls();
        const listed: TestFrom[] = [];
        const gone: TestFrom[] = [];
        for (const step of steps) {
          if (step === null) {
            const from = new TestFrom();
            calls.add(from);
            listed.push(from);
          } else {
            const [from] = listed.splice(step, 1);
            if (from === undefined) continue;
            from.openCalls!.remove(from);
            gone.push(from);
          }
        }
        expect(calls.count()).toBe(listed.length);
        calls.failAll(lost);
        expect(calls.count()).toBe(0);
        for (const { failures, openCalls } of listed) expect([failures, openCalls]).toEqual([[lost], null]);
        for (const { failures } of gone) expect(failures).toStrictEqual([]);
      }),
    );
  });

  it('may lose others while they fail', () => {
    const calls = new OpenCalls();
    const second = new TestFrom();
    const first = new TestFrom(() => second.openCalls?.remove(second));
    calls.add(second);
    calls.add(first);
    calls.failAll(lost);
    expect([first.failures.length, second.failures.length, calls.count()]).toEqual([1, 0, 0]);
  });
});
