import { inspect } from 'node:util';
import { startApplication } from '@trestle/runtime';
import { startTestNode } from '../../support/test-node';

/** At a prompt, in a log line, in the state of a server that is reported: nobody looks for the parts inside. */
describe('in a line or two is shown', () => {
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
});
