// Tests of one's own: time that stands still until it is told to go on, and processes whose code is the test's.
import { GenServer, noReply, reply, type Call, type CallResult, type Pid } from '@trestle/runtime';
import { createTestNode } from '@trestle/runtime/testing';

/** A room that is kept for a minute, and then given to whoever comes next. */
class Booking extends GenServer<Call<{ type: 'book'; guest: Pid }, 'yours' | 'taken'>> {
  private guest: Pid | null = null;

  override handleCall(request: { type: 'book'; guest: Pid }): CallResult {
    if (this.guest !== null) return reply(request, 'taken');
    this.guest = request.guest;
    this.self.sendAfter(this.self.pid, 'time is up', 60_000);
    return reply(request, 'yours');
  }

  override handleInfo(): void {
    if (this.guest !== null) this.self.send(this.guest, { type: 'leave' });
    this.guest = null;
  }
}

/** A server that never answers. */
class Silent extends GenServer<Call<{ type: 'anything' }, never>> {
  override handleCall(): CallResult {
    return noReply();
  }
}

async function main(): Promise<void> {
  const test = await createTestNode();
  const { node, clock } = test;
  const booking = await node.start(Booking);
  const guest = await test.probe<{ type: 'leave' }>();
  const nothingLeft = test.leakCheck();

  console.log(await node.call(booking, { type: 'book', guest: guest.pid }));
  console.log(await node.call(booking, { type: 'book', guest: guest.pid }));
  await guest.expectNoMessage('leave', { withinMs: 59_999 });
  console.log(await guest.expectMessage('leave'), 'after', clock.now(), 'ms');
  console.log(await node.call(booking, { type: 'book', guest: guest.pid }));

  // What would take five seconds takes none.
  const silent = await node.start(Silent);
  const call = node.call(silent, { type: 'anything' });
  const failure = await clock.until(call).catch((error: unknown) => error as Error);
  console.log(failure.name);

  for (const leak of nothingLeft.leaks()) console.log(leak.replace(/<.*?>/, 'PID'));
  await test.stop();
}

void main();

// prints:
// yours
// taken
// { type: 'leave' } after 60000 ms
// yours
// CallTimeoutError
// nonode@nohost: the process PID
// nonode@nohost: a timer of sendAfter
