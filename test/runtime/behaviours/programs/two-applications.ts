// Two applications, of which one depends on the other, that say when they start and stop.
import { startApplication, startNode, type ApplicationOptions, type Self } from '@trestle/runtime';

const [manner] = process.argv.slice(2);

function application(name: string, more: Partial<ApplicationOptions> = {}): ApplicationOptions {
  return {
    name,
    start: (self: Self) => {
      console.log(`${name} starts`);
      return self.spawnLink(async (root) => root.exit(await root.receive()));
    },
    stop: () => console.log(`${name} cleans up`),
    ...more,
  };
}

async function main(): Promise<void> {
  const node = await startNode();
  // Something that goes on by itself: a program does not end because nothing is left to do.
  setInterval(() => {}, 1_000);
  const db = application('db', { type: 'permanent' });
  await startApplication(node, application('shop', { dependencies: [db], type: 'temporary' }));
  console.log('runs');
  if (manner === 'crashing') node.send((await startApplication(node, application('extra'))).root, 'trouble');
}

void main();
