// A node with the options of the first argument (JSON). The second one, if there is one, says at which ports of the loopback
// address other nodes listen, in place of the port mapper; a line `connect NAME` has it connect to a node. It has a gate: a call that waits there is answered when the gate
// is opened, so that a test can do what it likes to the node while a call is under way.
import { createInterface } from 'node:readline';
import {
  GenServer,
  localName,
  noReply,
  reply,
  replyPort,
  startNode,
  type Call,
  type CallResult,
  type From,
  type Node,
  type NodeOptions,
  type ReplyPort,
} from '@trestle/runtime';
import { resolveBy } from '../../support/seen-nodes';

type GateCall =
  | Call<{ type: 'wait' }, 'open'>
  | Call<{ type: 'waiting' }, number>
  | Call<{ type: 'echo'; value: unknown }, unknown>;

export class Gate extends GenServer<GateCall, { type: 'open' }> {
  private waiting: ReplyPort<'open'>[] = [];

  override handleCall(request: GateCall, from: From): CallResult {
    switch (request.type) {
      case 'wait':
        this.waiting.push(replyPort(request, from));
        return noReply();
      case 'waiting':
        return reply(request, this.waiting.length);
      case 'echo':
        return reply(request, request.value);
    }
  }

  override handleCast(): void {
    for (const port of this.waiting.splice(0)) port.send('open');
  }
}

export const GATE = localName<Gate>('gate');

const tools = (node: Node) => ({
  gate: () => node.whereis(GATE),
  fail: (): never => {
    throw new TypeError('out of order');
  },
  block: (forMs: number) => {
    const end = performance.now() + forMs;
    while (performance.now() < end);
  },
  giveFunction: () => ({ answer: { compute: () => 42 } }),
});

async function main(options: NodeOptions): Promise<void> {
  const node = await startNode(options);
  node.expose('Tools', tools(node));
  await node.start(Gate, { name: GATE });
  const input = createInterface({ input: process.stdin }).on('line', (line) => {
    const [, name] = /^connect (.+)$/.exec(line) ?? [];
    if (name !== undefined) void node.connect(name);
  });
  // A standard input that is read keeps the OS process going, which the node that has stopped does not.
  void node.stopped.then(() => {
    input.close();
  });
  console.log('ready');
}

if (require.main === module) {
  const options = JSON.parse(process.argv[2] ?? '{}') as NodeOptions;
  const ports = process.argv[3];
  const where = ports === undefined ? {} : resolveBy(JSON.parse(ports) as Record<string, number>);
  main({ ...options, ...where }).catch((error: unknown) => {
    console.error(String(error));
    process.exit(1);
  });
}
