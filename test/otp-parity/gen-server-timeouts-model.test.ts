import { noReply, sys } from '@trestle/runtime';
import * as fc from 'fast-check';
import { startScripted } from '../support/scripted-server';
import { settle, startTestNode } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

/** What can happen to a server that waits, or does not. */
type Step =
  | { readonly kind: 'ask'; readonly timeoutMs: number }
  | { readonly kind: 'disturb' }
  | { readonly kind: 'look' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'suspend'; readonly ms: number };

const ms = fc.constantFrom(1, 5, 10, 50);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), timeoutMs: fc.constantFrom(0, 1, 5, 10, 50, Infinity) }),
  fc.record({ kind: fc.constant('disturb' as const) }),
  fc.record({ kind: fc.constant('look' as const) }),
  fc.record({ kind: fc.constant('pass' as const), ms }),
  fc.record({ kind: fc.constant('suspend' as const), ms }),
);

/** When a timeout comes, by the rules alone. */
class Model {
  private now = 0;
  private waitsFor: number | null = null;
  private dueAt = Infinity;
  timeouts = 0;

  take(next: Step): void {
    switch (next.kind) {
      case 'ask':
        this.waitsFor = next.timeoutMs;
        this.begin();
        this.pass(0);
        break;
      case 'disturb':
        this.waitsFor = null;
        break;
      case 'look':
        this.begin();
        break;
      case 'suspend':
        this.now += next.ms;
        this.begin();
        break;
      case 'pass':
        this.pass(next.ms);
        break;
    }
  }

  private begin(): void {
    this.dueAt = this.now + (this.waitsFor ?? Infinity);
  }

  private pass(ms: number): void {
    this.now += ms;
    if (this.waitsFor === null || this.dueAt > this.now) return;
    this.waitsFor = null;
    this.timeouts += 1;
  }
}

it('a server is told of a timeout when the rules say so, and never else, whatever happens to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = new VirtualClock();
      const node = await startTestNode({ clock });
      const { pid, log } = await startScripted(node, {
        cast: (request) => noReply({ timeoutMs: request as number }),
      });
      const model = new Model();
      for (const next of steps) {
        if (next.kind === 'ask') node.cast(pid, next.timeoutMs);
        else if (next.kind === 'disturb') node.send(pid, 'disturbed');
        else if (next.kind === 'look') await sys.getState(node, pid);
        else if (next.kind === 'pass') await clock.advance(next.ms);
        else {
          await sys.suspend(node, pid);
          await clock.advance(next.ms);
          await sys.resume(node, pid);
        }
        await settle();
        model.take(next);
        const timeouts = log.filter((entry: any) => entry[1]?.type === 'timeout').length;
        expect([next, timeouts]).toEqual([next, model.timeouts]);
      }
      await node.stop();
      expect(clock.runningTimers).toBe(0);
    }),
    { numRuns: 60 },
  );
});
