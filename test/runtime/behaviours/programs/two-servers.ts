// An application with two servers that say when they start and stop.
// Its argument says what the last one does: nothing, or never let go when it is stopped, or crash at once.
import {
  childSpec,
  consoleLogger,
  GenServer,
  startApplication,
  startNode,
  startSupervisor,
} from '@trestle/runtime';

const [manner] = process.argv.slice(2);

class Server extends GenServer<never, 'crash', string> {
  private id = '';

  override init(id: string): void {
    this.self.trapExit(true);
    this.id = id;
    console.log(`${id} starts`);
    if (manner === 'crashing') this.self.cast<Server>(this.self.pid, 'crash');
  }
  override handleCast(): never {
    throw new Error(`${this.id} crashed`);
  }
  override async terminate(): Promise<void> {
    console.log(`${this.id} stops`);
    if (manner === 'stubborn') await new Promise(() => {});
  }
}

async function main(): Promise<void> {
  const node = await startNode({ logger: consoleLogger() });
  // Something that goes on by itself: a program does not end because nothing is left to do.
  setInterval(() => {}, 1_000);
  await startApplication(node, {
    name: 'two',
    start: (self) =>
      startSupervisor(self, {
        strategy: 'oneForOne',
        children: [
          childSpec(Server, { id: 'a', args: 'a' }),
          childSpec(Server, { id: 'b', args: 'b', shutdownMs: Infinity }),
        ],
      }),
    prepStop: () => console.log('prepares to stop'),
    stop: () => console.log('cleans up'),
  });
  console.log('runs');
}

void main();
