// A cluster in one process, on a network that breaks at random: it finds what is wrong with a simple lock.
import { GenServer, localName, noReply, replyPort } from '@trestle/runtime';
import type { Call, CallResult, From, Pid, Ref, ReplyPort, Self, SystemMessage } from '@trestle/runtime';
import { forAllSeeds, type Simulation } from '@trestle/runtime/testing';

type Ask = Call<{ type: 'lock'; client: Pid }, 'yours'>;

/** Gives a lock to one client at a time, and to the next one when the client has ended, or its node is lost. */
class Lock extends GenServer<Ask, never, { patienceMs: number }> {
  private patienceMs = 0;
  private holder: Ref | null = null;
  private readonly waiting: { client: Pid; port: ReplyPort<'yours'> }[] = [];

  override init({ patienceMs }: { patienceMs: number }): void {
    this.patienceMs = patienceMs;
  }

  override handleCall(request: Ask, from: From): CallResult {
    this.waiting.push({ client: request.client, port: replyPort(request, from) });
    this.giveToNext();
    return noReply();
  }

  override handleInfo(message: SystemMessage | 'free'): void {
    if (message === 'free') {
      this.holder = null;
      this.giveToNext();
    } else if (message.type === 'DOWN') {
      // A client that is lost may be alive, and working.
      const waitMs = message.reason === 'noconnection' ? this.patienceMs : 0;
      this.self.sendAfter(this.self.pid, 'free', waitMs);
    }
  }

  private giveToNext(): void {
    const next = this.holder === null ? this.waiting.shift() : undefined;
    if (next === undefined) return;
    this.holder = this.self.monitor(next.client);
    next.port.send('yours');
  }
}
const LOCK = localName<Lock>('lock');

/** On three nodes clients want the lock, again and again, and work for two seconds; connections break meanwhile. */
const oneWorks = (patienceMs: number) => async (sim: Simulation) => {
  let [working, most] = [0, 0];
  const client = async (self: Self): Promise<void> => {
    await self.call(LOCK.on('n1@sim'), { type: 'lock', client: self.pid }, { timeoutMs: 10_000 });
    most = Math.max(most, ++working);
    await self.receive(undefined, { afterMs: 2_000 });
    working -= 1;
  };
  const nodes = await sim.startNodes(3);
  await sim.node('n1').start(Lock, { args: { patienceMs }, name: LOCK });
  const disturbed = sim.disturb({ forMs: 120_000, faults: ['cut'] });
  for (let round = 0; round < 24; round++) {
    for (const node of nodes) node.spawn(client);
    await sim.advance(5_000);
  }
  await disturbed;
  if (most > 1) throw new Error(`${String(most)} work at the same time`);
};

async function main(): Promise<void> {
  await forAllSeeds('with the naive lock one client works at a time', oneWorks(0)).catch((error: unknown) =>
    console.log((error as Error).message.split('\n').slice(0, 2).join('\n')),
  );
  await forAllSeeds('with the patient lock one client works at a time', oneWorks(3_000), { seeds: 20 });
  console.log('the patient lock: 20 seeds, and no mistake');
}

void main();

// prints:
// with the naive lock one client works at a time: it fails with seed 0 (SEED=0 tries it again)
// 2 work at the same time
// the patient lock: 20 seeds, and no mistake
