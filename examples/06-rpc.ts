// Functions of another node, by module and name. Only what a node exposes can be called.
import { body, RemoteError, startNode, type Pid } from '@trestle/runtime';

const stats = { add: (a: number, b: number) => a + b, fail: (): never => raise('out of order') };

function raise(message: string): never {
  throw new Error(message);
}

async function main(): Promise<void> {
  const cookie = 'rpc-example-cookie';
  const a = await startNode({ name: 'rpc_a@127.0.0.1', cookie });
  const b = await startNode({ name: 'rpc_b@127.0.0.1', cookie });
  b.expose('Stats', stats);
  b.expose('Workers', { greet: body((self, to: Pid) => self.send(to, `hello from ${self.node.name}`)) });

  console.log(await a.rpc.call('rpc_b@127.0.0.1', 'Stats', 'add', [1, 2]));
  console.log(await a.rpc.module<typeof stats>('Stats').on('rpc_b@127.0.0.1').add(20, 22)); // typed
  console.log(await a.rpc.call('rpc_b@127.0.0.1', 'Node', 'list')); // exposed everywhere
  await a.rpc.call('rpc_b@127.0.0.1', 'Stats', 'fail').catch((error: unknown) => {
    if (error instanceof RemoteError) console.log(error.code, error.message);
  });
  await new Promise<void>((done) => {
    a.spawn<string>(async (self) => {
      await self.node.spawnOn('rpc_b@127.0.0.1', 'Workers', 'greet', [self.pid]);
      console.log(await self.receive());
      done();
    });
  });
  await Promise.all([a.stop(), b.stop()]);
}

void main();

// prints:
// 3
// 42
// [ 'rpc_a@127.0.0.1' ]
// ERR_REMOTE rpc Stats.fail on rpc_b@127.0.0.1: Error: out of order
// hello from rpc_b@127.0.0.1
