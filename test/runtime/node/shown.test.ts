import { inspect } from 'node:util';
import { Process, startApplication, startRegistry, Task } from '@trestle/runtime';
import { inProcess, partsOf, startTestNode } from '../../support/test-node';

/** At a prompt, in a log line, in the state of a server that is reported: nobody looks for the parts inside. */
describe('inspect shows in a line or two', () => {
  it('a node, by its name, its creation and its connections', async () => {
    const node = await startTestNode();
    expect(inspect(node)).toBe(
      `Node { name: 'nonode@nohost', creation: ${String(node.creation)}, connected: [] }`,
    );
    expect(inspect({ deep: { node } }, { depth: 1 })).toBe('{ deep: { node: [Node nonode@nohost] } }');
    await node.stop();
    expect(inspect(node)).toContain('nonode@nohost');
  });

  it('an application, by its name and its processes', async () => {
    const node = await startTestNode();
    const application = await startApplication(node, {
      name: 'shop',
      handleSignals: false,
      start: (self) => self.spawnLink((root) => root.receive()),
    });
    const { pid, root } = application;
    expect(inspect(application, { breakLength: Infinity })).toBe(
      `Application { name: 'shop', pid: '${pid}', root: '${root}' }`,
    );
    await application.stop();
  });

  it('a registry, by its name and its process', async () => {
    const registry = await startRegistry(await startTestNode(), { name: 'players', keys: 'unique' });
    expect(inspect(registry)).toBe(`Registry { name: 'players', pid: '${registry.pid!}' }`);
    expect(inspect({ deep: { registry } }, { depth: 1 })).toBe('{ deep: { registry: [Registry players] } }');
  });

  it('a task, by its process, its owner, its reference and how it ended', async () => {
    const node = await startTestNode();
    const task = Task.async(node, () => 42);
    const shown = (outcome: string): string =>
      `Task { pid: '${task.pid!}', owner: '${node.pid}', ref: '${task.ref}', outcome: ${outcome} }`;
    expect(inspect(task, { breakLength: Infinity })).toBe(shown('undefined'));
    await Task.await(node, task);
    expect(inspect(task, { breakLength: Infinity })).toBe(shown("{ status: 'ok', value: 42 }"));
    expect(inspect([[task]], { depth: 1 })).toBe(`[ [ [Task ${task.pid!}] ] ]`);
  });

  it('a process, by its pid and the fields of its class', async () => {
    class Counter extends Process {
      total = 7;
      override run(): unknown {
        return this.receive();
      }
    }
    const node = await startTestNode();
    const [pid, text] = await inProcess(node, (self) => [self.pid, inspect(self)]);
    expect(text).toBe(`Process { pid: '${pid as string}' }`);
    expect(inspect(new Counter())).toBe('Counter { pid: undefined, total: 7 }');
  });

  it('what holds a node inside, without the parts of the node', async () => {
    const node = await startTestNode();
    const local = `LocalNode { name: 'nonode@nohost', creation: ${String(node.creation)} }`;
    expect(inspect({ local: partsOf(node) }, { breakLength: Infinity })).toBe(`{ local: ${local} }`);
  });
});
