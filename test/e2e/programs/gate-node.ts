// A node with the options of the first argument (JSON). It has a gate: a call that waits there is answered when the gate
// is opened, so that a test can do what it likes to the node while a call is under way.
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
  giveFunction: () => ({ answer: { compute: () => 42 } }),
});

async function main(options: NodeOptions): Promise<void> {
  const node = await startNode(options);
  node.expose('Tools', tools(node));
  await node.start(Gate, { name: GATE });
  console.log('ready');
}

if (require.main === module) {
  main(JSON.parse(process.argv[2] ?? '{}') as NodeOptions).catch((error: unknown) => {
    console.error(String(error));
    process.exit(1);
  });
}
