import { BadArgumentError, GenServer, Process, type LogRecord } from '@trestle/runtime';
import { inProcess, logOf, settle, startTestNode } from '../../../support/test-node';

const last = (records: LogRecord[]): LogRecord => records.at(-1)!;

describe('the log of a process', () => {
  it('has its pid with it, its name and its label', async () => {
    const node = await startTestNode();
    const pid = await inProcess(node, (self) => {
      self.log.info('plain');
      self.register('clerk');
      self.label = 'the clerk';
      self.log.warning('named', { n: 1 });
      return self.pid;
    });
    expect(logOf(node)).toEqual([
      { level: 'info', time: expect.any(Number), node: node.name, pid, text: 'plain' },
      {
        ...{ level: 'warning', time: expect.any(Number), node: node.name, pid },
        ...{ registeredName: 'clerk', label: 'the clerk', text: 'named', fields: { n: 1 } },
      },
    ]);
  });

  it('has the class of a server with it, and that of a process', async () => {
    class Shop extends GenServer {
      override init(): void {
        this.self.log.info('open');
      }
    }
    class Clerk extends Process {
      override run(): void {
        this.log.info('here');
      }
    }
    const node = await startTestNode();
    const shop = await node.start(Shop);
    const clerk = node.start(Clerk);
    await settle();
    expect(logOf(node)).toMatchObject([
      { pid: shop, module: 'Shop', text: 'open' },
      { pid: clerk, module: 'Clerk', text: 'here' },
    ]);
  });

  it('is one object for a process', async () => {
    const node = await startTestNode();
    expect(await inProcess(node, (self) => self.log === self.log)).toBe(true);
  });

  it('still writes after the end of the process: code that cannot be interrupted may say so', async () => {
    const node = await startTestNode();
    const self = await inProcess(node, (me) => me);
    await settle();
    expect(node.isAlive(self.pid)).toBe(false);
    self.log.info('late');
    expect(last(logOf(node))).toMatchObject({ pid: self.pid, text: 'late' });
  });
});

describe('the metadata of a process', () => {
  it('goes with everything it logs from then on, and with nothing of others', async () => {
    const node = await startTestNode();
    await inProcess(node, (self) => {
      self.log.setMetadata({ requestId: 7 });
      self.log.info('mine');
    });
    await inProcess(node, (self) => self.log.info('other'));
    expect(logOf(node).map(({ metadata }) => metadata)).toStrictEqual([{ requestId: 7 }, undefined]);
  });

  it('goes with its crash report', async () => {
    const node = await startTestNode();
    node.spawn((self) => {
      self.log.setMetadata({ requestId: 7 });
      throw new Error('odd');
    });
    await settle();
    expect(last(logOf(node))).toMatchObject({ report: { type: 'crash' }, metadata: { requestId: 7 } });
  });

  it('is replaced by setMetadata, and added to by updateMetadata, where undefined takes away', async () => {
    const node = await startTestNode();
    await inProcess(node, ({ log }) => {
      expect(log.metadata).toEqual({});
      log.updateMetadata({ a: 1, b: 2 });
      log.updateMetadata({ b: undefined, c: 3 });
      expect(log.metadata).toEqual({ a: 1, c: 3 });
      log.setMetadata({ d: 4 });
      expect(log.metadata).toEqual({ d: 4 });
    });
  });

  it('is that of when it was said, whatever becomes of the object', async () => {
    const node = await startTestNode();
    await inProcess(node, ({ log }) => {
      const mine = { a: 1 };
      log.setMetadata(mine);
      mine.a = 2;
      expect(log.metadata).toEqual({ a: 1 });
    });
  });

  it.each([[null], [7], ['a'], [[1]]])('is refused if it is %j', async (wrong) => {
    const node = await startTestNode();
    await inProcess(node, ({ log }) => {
      for (const verb of ['setMetadata', 'updateMetadata'] as const) {
        expect(() => log[verb](wrong as never)).toThrow(BadArgumentError);
        expect(() => log[verb](wrong as never)).toThrow(`${verb}: expected an object of fields`);
      }
    });
  });
});

describe('a text that is made when it is needed', () => {
  it('is made if it is written, and so are its fields', async () => {
    const node = await startTestNode({ levels: {} });
    const never = (): never => {
      throw new Error('made in vain');
    };
    node.log.debug(never, never);
    node.log.info(
      () => 'made',
      () => ({ n: 1 }),
    );
    await inProcess(node, (self) => self.log.debug(never));
    expect(logOf(node)).toMatchObject([{ text: 'made', fields: { n: 1 } }]);
  });

  it('and raises an error is logged as that, with the error', async () => {
    const node = await startTestNode();
    node.log.info(() => {
      throw new Error('odd');
    });
    expect(logOf(node)).toMatchObject([
      {
        level: 'info',
        text: 'a lazy log text raised an error',
        fields: { error: { type: 'error', message: 'odd' } },
      },
    ]);
  });

  it('and is none is shown all the same: a log call never raises an error', async () => {
    const node = await startTestNode();
    node.log.info({ a: 1 } as never, 7 as never);
    node.log.info((() => 7) as never);
    expect(logOf(node)).toMatchObject([{ text: '{ a: 1 }', fields: { value: 7 } }, { text: '7' }]);
  });
});
