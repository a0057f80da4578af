import * as fc from 'fast-check';
import type { Pid } from '@trestle/runtime';
import { RemoteWatchers } from '../../packages/runtime/src/distribution/kernel/remote-watchers';

type LinkSignal = { readonly kind: 'link' | 'unlink'; readonly from: Pid; readonly to: Pid };

/** One process at one end of a connection, as far as its link with the process at the other end goes. */
class End {
  readonly outbox: LinkSignal[] = [];
  readonly watchers = new RemoteWatchers(() => undefined);
  isLinked = false;

  constructor(
    private readonly pid: Pid,
    private readonly other: Pid,
  ) {}

  link(): void {
    if (this.isLinked) return;
    this.isLinked = true;
    this.send('link');
  }

  unlink(): void {
    if (!this.isLinked) return;
    this.isLinked = false;
    this.send('unlink');
  }

  receive(signal: LinkSignal): void {
    const passed = this.watchers.received(signal);
    if (passed === null) return;
    this.isLinked = passed.kind === 'link';
    if (passed.kind === 'unlink') this.outbox.push({ kind: 'unlink', from: this.pid, to: this.other });
  }

  private send(kind: LinkSignal['kind']): void {
    const signal = { kind, from: this.pid, to: this.other };
    this.watchers.sent(signal);
    this.outbox.push(signal);
  }
}

const a = '<a@h/1.0/1>' as Pid;
const b = '<b@h/1.0/1>' as Pid;

/** Delivers the oldest signal that is under way from one end to the other. */
function deliver(from: End, to: End): boolean {
  const signal = from.outbox.shift();
  if (signal !== undefined) to.receive(signal);
  return signal !== undefined;
}

const steps: ((here: End, there: End) => unknown)[] = [
  (here) => here.link(),
  (here) => here.unlink(),
  (here, there) => deliver(here, there),
];

describe('links and unlinks that cross', () => {
  it('leave the link on both sides or on neither, whatever overtakes what, and nothing pending', () => {
    const step = fc.record({ side: fc.boolean(), step: fc.constantFrom(...steps) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (history) => {
        const ends = [new End(a, b), new End(b, a)] as const;
        for (const { side, step: act } of history) act(ends[side ? 0 : 1], ends[side ? 1 : 0]);
        while (deliver(ends[0], ends[1]) || deliver(ends[1], ends[0]));
        expect(ends[0].isLinked).toBe(ends[1].isLinked);
        ends[1].unlink();
        ends[1].link();
        while (deliver(ends[0], ends[1]) || deliver(ends[1], ends[0]));
        expect([ends[0].isLinked, ends[1].isLinked]).toEqual([true, true]);
        for (const end of ends) expect(end.watchers.lost(true)).toHaveLength(1);
      }),
      { numRuns: 1_000 },
    );
  });
});
