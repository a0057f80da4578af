// A supervisor starts its children in order, and starts a crashed one again with a fresh state.
import {
  childSpec,
  GenServer,
  localName,
  reply,
  silentLogger,
  startNode,
  startSupervisor,
  type Call,
  type CallResult,
} from '@trestle/runtime';

type CounterCall = Call<{ type: 'next' }, number>;

class Counter extends GenServer<CounterCall, { type: 'crash' }> {
  private count = 0;

  override init(): void {
    console.log('counter starts');
  }
  override handleCall(request: CounterCall): CallResult {
    this.count += 1;
    return reply(request, this.count);
  }
  override handleCast(): never {
    throw new Error('something unexpected');
  }
}
const COUNTER = localName<Counter>('counter');

async function main(): Promise<void> {
  const node = await startNode({ logger: silentLogger });
  await startSupervisor(node, {
    strategy: 'oneForOne',
    intensity: { restarts: 3, withinMs: 5_000 },
    children: [childSpec(Counter, { name: COUNTER })],
  });
  console.log(await node.call(COUNTER, { type: 'next' }), await node.call(COUNTER, { type: 'next' }));

  const restarted = new Promise<void>((resolve) => {
    node.spawn(async (self) => {
      self.monitor(COUNTER);
      self.cast(COUNTER, { type: 'crash' });
      await self.receive('DOWN');
      while (self.whereis(COUNTER) === undefined) await self.receive(undefined, { afterMs: 1 });
      resolve();
    });
  });
  await restarted;
  console.log(await node.call(COUNTER, { type: 'next' }));
  await node.stop();
}

void main();

// prints:
// counter starts
// 1 2
// counter starts
// 1
