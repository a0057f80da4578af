// A machine of XState 5 as a supervised process: events, delays, an invoked promise, a crash, and its output.
import { childSpec, localName, startNode, startSupervisor } from '@trestle/runtime';
import { machineServer, type MachineServer } from '@trestle/runtime/xstate';
import { assign, fromPromise, setup } from 'xstate';

const download = fromPromise<string, { url: string; attempt: number }>(async ({ input }) => {
  if (input.attempt < 2) throw new Error(`${input.url} is busy`);
  return `the contents of ${input.url}`;
});

const loaderMachine = setup({
  types: {
    context: {} as { url: string; attempt: number; text: string },
    events: {} as { type: 'load' } | { type: 'explode' },
    input: {} as { url: string },
    output: {} as string,
  },
  actors: { download },
  actions: {
    explode: () => {
      throw new Error('boom');
    },
  },
}).createMachine({
  id: 'Loader',
  context: ({ input }) => ({ url: input.url, attempt: 0, text: '' }),
  initial: 'idle',
  output: ({ context }) => context.text,
  states: {
    idle: { on: { load: 'loading' } },
    loading: {
      entry: assign({ attempt: ({ context }) => context.attempt + 1 }),
      invoke: {
        src: 'download',
        input: ({ context }) => context,
        onDone: { target: 'loaded', actions: assign({ text: ({ event }) => event.output }) },
        onError: 'waiting',
      },
    },
    waiting: { after: { 20: 'loading' } }, // by the time of the node: virtual in tests
    loaded: { type: 'final' },
  },
  on: { explode: { actions: 'explode' } },
});

const Loader = machineServer(loaderMachine);
const LOADER = localName<MachineServer<typeof loaderMachine>>('loader');

async function main(): Promise<void> {
  const node = await startNode({ levels: { default: 'none' } });
  const args = { input: { url: 'a-page' } };
  const children = [childSpec(Loader, { args, name: LOADER, restart: 'transient' })];
  await startSupervisor(node, { strategy: 'oneForOne', children });

  const first = node.whereis(LOADER);
  await node.call(LOADER, { type: 'send', event: { type: 'explode' } }).catch((error: unknown) => {
    console.log(String(error).replace(/^.*: Error/, 'Error'));
  });
  while ([undefined, first].includes(node.whereis(LOADER))) await new Promise(setImmediate);
  console.log('restarted:', (await node.call(LOADER, { type: 'snapshot' })).value);

  const output = node.call(LOADER, { type: 'output' });
  node.cast(LOADER, { type: 'load' });
  console.log(
    (await node.call(LOADER, { type: 'waitFor', state: 'waiting' })).context.attempt,
    'attempt failed',
  );
  console.log(await output);
  await node.stop();
}

void main();

// prints:
// Error: boom
// restarted: idle
// 1 attempt failed
// the contents of a-page
