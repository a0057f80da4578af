// XState's machines as servers: what must compile, and, below a `@ts-expect-error`, what must not.
import { childSpec, localName, type Node } from '@trestle/runtime';
import { machineServer, MachineServer } from '@trestle/runtime/xstate';
import { createMachine, setup, type Snapshot } from 'xstate';

declare const node: Node;
declare function typesOf<T>(): T;
declare function same(values: unknown[]): void;
declare const snapshot: Snapshot<unknown>;

const doorMachine = setup({
  types: typesOf<{
    context: { opened: number };
    events: { type: 'open'; key: string } | { type: 'close' };
    input: { keys: string[] };
    output: { opened: number };
    tags: 'safe';
  }>(),
}).createMachine({
  context: { opened: 0 },
  initial: 'closed',
  states: { closed: { initial: 'locked', states: { locked: {}, unlocked: {} } }, open: {} },
});
const Door = machineServer(doorMachine);
const Free = machineServer(createMachine({ initial: 'a', states: { a: {} } }));

export async function uses(): Promise<void> {
  const name = localName<MachineServer<typeof doorMachine>>('door');
  const door = await node.start(Door, { args: { input: { keys: ['k'] } }, name });
  await node.start(Door, { args: { snapshot } });
  await node.start(Free);
  childSpec(Door, { args: { input: { keys: [] } } });
  node.cast(door, { type: 'open', key: 'k' });
  const view = await node.call(name.on('b@127.0.0.1'), { type: 'send', event: { type: 'close' } });
  const opened: number = view.context.opened;
  const tags: readonly 'safe'[] = view.tags;
  await node.call(door, { type: 'waitFor', state: 'open' });
  await node.call(door, { type: 'waitFor', state: { closed: 'locked' } });
  const output: { opened: number } = await node.call(door, { type: 'output' });
  const kept: Snapshot<unknown> = await node.call(door, { type: 'persist' });
  machineServer((self) => doorMachine.provide({ guards: { isMine: () => self.label === 'door' } }));
  machineServer(doorMachine, { mapMessage: (m) => (m.type === 'nodeup' ? { type: 'close' } : undefined) });
  same([opened, tags, output, kept]);
}

export class Own extends MachineServer<typeof doorMachine> {
  protected override createMachine(): typeof doorMachine {
    return doorMachine;
  }
}

export async function wrongUses(): Promise<void> {
  // @ts-expect-error it needs its input
  await node.start(Door);
  // @ts-expect-error of the right type
  childSpec(Door, { args: { input: { keys: 'k' } } });
  const door = await node.start(Door, { args: { input: { keys: ['k'] } } });
  // @ts-expect-error an event that it does not have
  node.cast(door, { type: 'slam' });
  // @ts-expect-error a field is missing
  node.cast(door, { type: 'open' });
  // @ts-expect-error an event is cast, or sent by `send`
  await node.call(door, { type: 'close' });
  // @ts-expect-error an event that it does not have
  await node.call(door, { type: 'send', event: { type: 'slam' } });
  // @ts-expect-error a state that it does not have
  await node.call(door, { type: 'waitFor', state: 'ajar' });
  // @ts-expect-error a state that is within another
  await node.call(door, { type: 'waitFor', state: { closed: 'open' } });
  // @ts-expect-error a field that the context does not have
  same([(await node.call(door, { type: 'snapshot' })).context.closed]);
  // @ts-expect-error no machine
  machineServer({ initial: 'a' });
  // @ts-expect-error an event that it does not have
  machineServer(doorMachine, { mapMessage: () => ({ type: 'slam' }) });
}
