import {
  BadArgumentError,
  GenServer,
  Process,
  sys,
  startNode,
  type LogRecord,
  type Node,
  type NodeOptions,
} from '@trestle/runtime';
import { inProcess, partsOf, settle, startTestNode } from '../../../support/test-node';

const allLevels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

/** A node, and the texts it has logged. */
async function nodeWith(options: NodeOptions = {}): Promise<{ node: Node; texts: string[] }> {
  const texts: string[] = [];
  const logger = { log: ({ text }: LogRecord) => void texts.push(text) };
  return { node: await startTestNode({ logger, levels: {}, ...options }), texts };
}

class Talker extends GenServer<never, string> {
  override handleCast(text: string): void {
    this.self.log.debug(text);
  }
}

describe('the levels of a log', () => {
  it.each(allLevels.map((level, index) => ({ level, written: allLevels.slice(index) })))(
    'from $level on write what matters as much, or more',
    async ({ level, written }) => {
      const { node, texts } = await nodeWith({ levels: { default: level } });
      for (const name of allLevels) node.log[name](name);
      expect(texts).toEqual(written);
      expect(allLevels.filter((name) => node.log.allows(name))).toEqual(written);
    },
  );

  it('are info unless told otherwise', async () => {
    const { node, texts } = await nodeWith();
    for (const name of allLevels) node.log[name](name);
    expect(texts).toEqual(allLevels.slice(1));
    expect(node.log.getLevel()).toBe('info');
  });

  it('can be all, and none', async () => {
    const { node, texts } = await nodeWith({ levels: { default: 'all' } });
    node.log.debug('a');
    node.log.setLevel('none');
    node.log.emergency('b');
    expect(texts).toEqual(['a']);
  });

  it('change while the node runs, for those who log already', async () => {
    const { node, texts } = await nodeWith();
    const self = await inProcess(node, (me) => me);
    const billing = node.log.of('billing');
    const all = (text: string) => [node.log, billing, self.log].forEach((log) => log.debug(text));
    all('before');
    node.log.setLevel('debug');
    all('after');
    expect(texts).toEqual(['after', 'after', 'after']);
  });

  it('of a module, by class or by name, count before that of the node', async () => {
    const { node, texts } = await nodeWith({ levels: { default: 'error', modules: { Talker: 'debug' } } });
    const talker = await node.start(Talker);
    const say = async (text: string) => {
      node.cast(talker, text);
      await settle();
    };
    await say('a');
    await inProcess(node, (self) => self.log.warning('not me'));
    expect(node.log.getLevel({ module: Talker })).toBe('debug');
    node.log.setLevel('info', { module: Talker });
    await say('b');
    node.log.setLevel('debug', { module: 'Talker' });
    await say('c');
    node.log.unsetLevel({ module: Talker });
    await say('d');
    expect(texts).toEqual(['a', 'c']);
    expect(node.log.getLevel({ module: Talker })).toBe('error');
  });

  it('of a module are those of a class of processes, too, and of parts that log.of names', async () => {
    class Clerk extends Process {
      override run(): void {
        this.log.debug('clerk');
      }
    }
    const { node, texts } = await nodeWith({ levels: { modules: { Clerk: 'debug', billing: 'none' } } });
    node.start(Clerk);
    node.log.of('billing').emergency('bill');
    await settle();
    expect(texts).toEqual(['clerk']);
  });

  it('of a process count before that of its module, and end with it', async () => {
    const { node, texts } = await nodeWith({ levels: { modules: { Talker: 'none' } } });
    const [one, other] = [await node.start(Talker), await node.start(Talker)];
    node.log.setLevel('all', { pid: one });
    node.cast(one, 'one');
    node.cast(other, 'other');
    await settle();
    expect(texts).toEqual(['one']);
    node.log.unsetLevel({ pid: one });
    node.log.setLevel('debug', { pid: other });
    node.cast(one, 'one again');
    node.cast(other, 'other again');
    await settle();
    expect(texts).toEqual(['one', 'other again']);
    node.exitSignal(other, 'kill');
    expect((partsOf(node).log as any).sink.levels.processes.size).toBe(0);
  });

  it('are those of its new class when the code of a server is changed', async () => {
    class Loud extends GenServer<never, string> {
      override handleCast(text: string): void {
        this.self.log.info(text);
      }
    }
    const { node, texts } = await nodeWith({ levels: { modules: { Talker: 'debug', Loud: 'none' } } });
    const talker = await node.start(Talker);
    node.cast(talker, 'as a talker');
    await sys.suspend(node, talker);
    await sys.changeCode(node, talker, Loud);
    await sys.resume(node, talker);
    node.cast(talker, 'loud');
    await settle();
    node.log.setLevel('info', { module: Loud });
    node.cast(talker, 'as a loud one');
    await settle();
    expect(texts).toEqual(['as a talker', 'as a loud one']);
  });

  it('of a process can be less, too', async () => {
    const { node, texts } = await nodeWith({ levels: { default: 'debug' } });
    await inProcess(node, (self) => {
      node.log.setLevel('error', { pid: self.pid });
      self.log.info('a');
      self.log.error('b');
      node.log.setLevel('none', { pid: self.pid });
      self.log.error('c');
    });
    expect(texts).toEqual(['b']);
  });

  it('are at least that of the logger, whatever the node says', async () => {
    const texts: string[] = [];
    const logger = { level: 'warning' as const, log: ({ text }: LogRecord) => void texts.push(text) };
    const { node } = await nodeWith({ logger, levels: { default: 'debug', modules: { m: 'all' } } });
    node.log.info('a');
    node.log.of('m').info('b');
    node.log.setLevel('debug', { module: 'm' });
    node.log.of('m').info('c');
    await inProcess(node, (self) => {
      node.log.setLevel('all', { pid: self.pid });
      self.log.info('d');
      self.log.warning('e');
    });
    expect(texts).toEqual(['e']);
    expect(node.log.allows('info')).toBe(false);
  });

  const here = { name: 'x' };
  it.each<[string, (log: Node['log']) => unknown, string]>([
    [
      'a level that is none',
      (log) => log.setLevel('loud' as never),
      "setLevel: expected one of 'all', 'debug', ",
    ],
    ['a level of Object', (log) => log.setLevel('constructor' as never), "setLevel: expected one of 'all'"],
    [
      'a pid that is none',
      (log) => log.setLevel('debug', { pid: 'x' as never }),
      "expected a living process of this node, got 'x'",
    ],
    [
      'a module without a name',
      (log) => log.setLevel('debug', { module: '' }),
      'expected a module: its name',
    ],
    [
      'a class without a name',
      (log) => log.setLevel('debug', { module: (() => class {})() }),
      'expected a module',
    ],
    ['a module that is none', (log) => log.setLevel('debug', { module: here as never }), 'expected a module'],
    ['a module and a pid', (log) => log.setLevel('debug', { module: 'm', pid: 'x' as never }), 'not both'],
    [
      'an owner that is misspelt',
      (log) => log.setLevel('debug', { modul: 'x' } as never),
      "setLevel: expected options to have no 'modul'",
    ],
    ['no owner to unset', (log) => log.unsetLevel({}), 'unsetLevel: expected a module or a pid'],
    ['a part without a name', (log) => log.of(7 as never), 'log.of: expected a module'],
  ])('refuse %s', async (_what, act, message) => {
    const { node } = await nodeWith();
    expect(() => act(node.log)).toThrow(BadArgumentError);
    expect(() => act(node.log)).toThrow(message);
  });

  it('refuse a process that has ended', async () => {
    const { node } = await nodeWith();
    const pid = await inProcess(node, (self) => self.pid);
    await settle();
    expect(() => node.log.setLevel('debug', { pid })).toThrow('a living process of this node');
  });

  it.each<[unknown, string]>([
    [{ levels: 'debug' }, 'startNode: expected levels to be'],
    [{ levels: { default: 'loud' } }, "expected levels.default to be one of 'all', 'debug'"],
    [{ levels: { modules: { Talker: 1 } } }, "expected levels.modules.Talker to be one of 'all'"],
    [{ levels: { modules: [] } }, 'expected levels.modules to be levels by the names of modules'],
    [{ levels: { talker: 'debug' } }, "expected levels to have no 'talker'"],
    [{ logger: { log: 1 } }, 'expected logger to be a logger'],
    [{ logger: { log: () => {}, level: 'loud' } }, 'expected logger to be a logger'],
  ])('are checked when a node is started: %j', async (options, message) => {
    await expect(startNode(options as never)).rejects.toThrow(message);
    await expect(startNode(options as never)).rejects.toBeInstanceOf(BadArgumentError);
  });
});
