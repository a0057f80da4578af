import {
  GenServer,
  MailboxFullError,
  reply,
  type CallResult,
  type MailboxPolicy,
  type Node,
} from '@trestle/runtime';
import { itHolds } from '../../support/property';

interface Numbered {
  readonly n: number;
}

/** Takes its time for everything, and keeps what it handled and how long its mailbox was. */
class Slow extends GenServer<any, any> {
  readonly handled: number[] = [];
  longest = 0;
  override handleCall(request: Numbered): Promise<CallResult> {
    return this.work(request.n).then(() => reply(request as never, request.n as never));
  }
  override async handleCast(request: Numbered): Promise<void> {
    await this.work(request.n);
  }
  private work(n: number): Promise<void> {
    const { node, pid } = this.self;
    this.longest = Math.max(this.longest, node.processInfo(pid)?.messageQueueLen ?? 0);
    this.handled.push(n);
    return new Promise((done) => void node.clock.setTimer(done, 5));
  }
}

const policies: MailboxPolicy[] = ['reject', 'dropNewest', 'dropOldest', 'exit'];
const calls = 40;
const maxMessages = 4;

describe('a bounded mailbox, whatever comes to it from two nodes', () => {
  itHolds(
    'answers every call once: what fails as not handled was not, and no more wait than may',
    async (sim) => {
      const policy = policies[sim.random.below(policies.length)] as MailboxPolicy;
      const [here, there] = (await sim.startNodes(2)) as [Node, Node];
      await sim.connectAll();
      const server = await there.start(Slow, { mailbox: { maxMessages, policy } });
      const state = serverOf(there, server);
      const outcomes: Promise<{ n: number; outcome: unknown }>[] = [];
      for (let n = 0; n < calls; n++) {
        const node = sim.random.chance(0.5) ? here : there;
        const call = node.call<any, any>(server, { n }, { timeoutMs: Infinity });
        outcomes.push(call.catch((error: unknown) => error).then((outcome: unknown) => ({ n, outcome })));
        if (sim.random.chance(0.5)) node.cast(server, { n: calls + n });
        await sim.advance(sim.random.below(8));
      }
      for (const { n, outcome } of await sim.until(Promise.all(outcomes))) {
        const wasHandled = state.handled.includes(n);
        if (outcome instanceof MailboxFullError) expect(wasHandled).toBe(false);
        else if (outcome !== n) expect({ policy, outcome }).toMatchObject(ended);
      }
      expect(new Set(state.handled).size).toBe(state.handled.length);
      expect(state.longest).toBeLessThanOrEqual(maxMessages);
    },
    { seeds: 100 },
  );
});

/** Only where it ends does a call fail otherwise, by the end or because nobody is there any more. */
const code = expect.stringMatching(/^ERR_(SERVER_EXIT|NOPROC)$/) as string;
const ended = { policy: 'exit', outcome: expect.objectContaining({ code }) as object };

function serverOf(node: Node, pid: string): Slow {
  const { table } = (node as unknown as { local: { table: { get(pid: string): unknown } } }).local;
  return (table.get(pid) as { activity: { server: Slow } }).activity.server;
}
