// A worker that is asked for more than it can do: its mailbox has a bound, so callers learn of it at once.
import {
  childSpec,
  GenServer,
  localName,
  MailboxFullError,
  reply,
  startNode,
  startSupervisor,
  type Call,
  type CallResult,
  type Node,
} from '@trestle/runtime';

type Resize = Call<{ type: 'resize'; image: number }, string>;

/** Does one thing at a time, slowly; casts of progress may be lost. */
class Resizer extends GenServer<Resize, { type: 'note' }> {
  private notes = 0;
  override async handleCall(request: Resize): Promise<CallResult> {
    await new Promise((done) => setTimeout(done, 5));
    return reply(request, `image ${String(request.image)}, after ${String(this.notes)} notes`);
  }
  override handleCast(): void {
    this.notes += 1;
  }
}
const RESIZER = localName<Resizer>('resizer');

async function ask(node: Node, image: number): Promise<string> {
  try {
    return await node.call(RESIZER, { type: 'resize', image });
  } catch (error) {
    if (error instanceof MailboxFullError) return `image ${String(image)}: come back later`;
    throw error;
  }
}

async function main(): Promise<void> {
  const node = await startNode();
  const mailbox = { maxMessages: 2, policy: 'reject' } as const;
  await startSupervisor(node, {
    strategy: 'oneForOne',
    children: [childSpec(Resizer, { name: RESIZER, mailbox })],
  });
  // Two wait in the mailbox; the other calls fail at once: they were not handled, and can be made again.
  console.log(await Promise.all([1, 2, 3, 4].map((image) => ask(node, image))));
  for (let i = 0; i < 100; i++) node.cast(RESIZER, { type: 'note' }); // never fails; 98 of them are lost
  const pid = node.whereis(RESIZER);
  if (pid !== undefined) console.log(node.processInfo(pid)?.mailbox);
  await node.stop();
}

void main();

// prints:
// [
//   'image 1, after 0 notes',
//   'image 2, after 0 notes',
//   'image 3: come back later',
//   'image 4: come back later'
// ]
// {
//   messages: 2,
//   maxMessages: 2,
//   policy: 'reject',
//   rejectedCalls: 2,
//   droppedMessages: 98
// }
