import { GenServer, noReply, type Call, type CallResult } from '@trestle/runtime';
import { createTestNode, expectNothingLeft, leakCheck, type TestNode } from '@trestle/runtime/testing';

class Silent extends GenServer<Call<{ type: 'x' }, never>> {
  override handleCall(): CallResult {
    return noReply();
  }
}

describe('a leak check', () => {
  let test: TestNode;
  beforeEach(async () => void (test = await createTestNode()));
  afterEach(() => test.stop());

  it('finds nothing where nothing is left, and ignores what was there before', async () => {
    const before = test.node.spawn((self) => self.receive());
    test.node.register('before', before);
    const check = test.leakCheck();
    const pid = test.node.spawn((self) => self.receive());
    test.node.register('during', pid);
    test.node.send(pid, 'end');
    await test.settle();
    expect(check.leaks()).toStrictEqual([]);
    check.expectNone();
  });

  it('names each process that is left, with its name or label, and each name', async () => {
    const check = test.leakCheck();
    const named = test.node.spawn((self) => self.receive(undefined, { where: () => false }));
    const labelled = test.node.spawn((self) => {
      self.label = 'a worker';
      return self.receive(undefined, { where: () => false });
    });
    test.node.register('kv', named);
    test.node.send(named, 1);
    test.node.send(named, 2);
    await test.settle();
    expect(check.leaks()).toEqual([
      `nonode@nohost: the process ${named} 'kv', with 2 messages waiting`,
      `nonode@nohost: the process ${labelled} (a worker)`,
      `nonode@nohost: the name 'kv' of ${named}`,
    ]);
    expect(() => check.expectNone()).toThrow(
      `something is left behind:\n  nonode@nohost: the process ${named} 'kv', with 2 messages waiting\n`,
    );
  });

  it('names monitors, calls nobody answers, their deadlines, and timers', async () => {
    const server = await test.node.start(Silent, { name: 'silent' });
    const probe = await test.probe();
    const check = test.leakCheck();
    probe.monitor(server);
    const call = test.node.call(server, { type: 'x' }).catch(() => 'timed out');
    const endless = test.node.call(server, { type: 'x' }, { timeoutMs: Infinity }).catch(() => 'ended');
    const timers = [1, 2].map(() => probe.self.sendAfter(probe.pid, 'x', 60_000));
    expect(check.leaks().map((leak) => leak.replace('nonode@nohost: ', ''))).toEqual([
      `the monitor of ${probe.pid} (probe) on ${server}`,
      `2 times: a call that ${server} 'silent' has not answered`,
      '2 times: a timer of sendAfter',
      'a deadline of a call',
    ]);
    timers.forEach((timer) => probe.self.cancelTimer(timer));
    await test.until(call);
    test.node.exitSignal(server, 'kill');
    expect(await endless).toBe('ended');
    await test.settle();
    // The end of the server is told, and with it the monitor is over.
    expect(check.leaks()).toStrictEqual([]);
  });

  it('sees what is left of a node that has stopped', async () => {
    const other = await createTestNode();
    expect(() => expectNothingLeft(other.node)).toThrow(/something is left of stopped nodes:\n.*the process/);
    await other.stop();
    expectNothingLeft(other.node);
  });

  it('refuses what is no node', () => {
    expect(() => leakCheck('x' as never)).toThrow("leakCheck: expected a node, got 'x'");
  });
});
