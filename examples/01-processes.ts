// Two processes send each other messages. A mailbox keeps what nobody has asked for yet.
import { startNode, type Pid } from '@trestle/runtime';

type Ping = { type: 'ping'; from: Pid<Pong> };
type Pong = { type: 'pong'; n: number };

async function main(): Promise<void> {
  const node = await startNode(); // 'nonode@nohost': no network

  const ponger = node.spawn<Ping>(async (self) => {
    for (let n = 1; ; n++) {
      const { from } = await self.receive('ping');
      self.send(from, { type: 'pong', n });
    }
  });

  await new Promise<void>((done) => {
    node.spawn<Pong>(async (self) => {
      const ref = self.monitor(ponger);
      for (let i = 0; i < 3; i++) {
        self.send(ponger, { type: 'ping', from: self.pid });
        console.log(await self.receive('pong'));
      }
      self.exitSignal(ponger, 'kill');
      const down = await self.receive('DOWN', { where: (message) => message.ref === ref });
      console.log('the ponger is', down.reason);
      done();
    });
  });
  await node.stop();
}

void main();

// prints:
// { type: 'pong', n: 1 }
// { type: 'pong', n: 2 }
// { type: 'pong', n: 3 }
// the ponger is killed
