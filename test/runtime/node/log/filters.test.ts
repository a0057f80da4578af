import { BadArgumentError, type LogRecord } from '@trestle/runtime';
import { inProcess, logOf, startTestNode } from '../../../support/test-node';

describe('a filter of the log', () => {
  it('sees every record, of processes too, and keeps from the logger what it stops', async () => {
    const node = await startTestNode();
    node.log.addFilter('no spam', ({ text }) => (text.includes('spam') ? 'stop' : 'ignore'));
    node.log.info('spam');
    await inProcess(node, (self) => self.log.info('spam'));
    node.log.of('billing').info('ham');
    expect(logOf(node).map(({ text }) => text)).toEqual(['ham']);
  });

  it('can put another record in the place of one, which the next filter sees', async () => {
    const node = await startTestNode();
    const seen: string[] = [];
    node.log.addFilter('redact', (record) => ({ ...record, text: record.text.replace(/\d+/, '***') }));
    node.log.addFilter('look', (record) => (seen.push(record.text), record));
    node.log.info('card 1234');
    expect(seen).toEqual(['card ***']);
    expect(logOf(node)).toMatchObject([{ text: 'card ***' }]);
  });

  it('is not asked about what is below its level', async () => {
    const node = await startTestNode({ levels: { default: 'error' } });
    const seen: LogRecord[] = [];
    node.log.addFilter('look', (record) => (seen.push(record), 'ignore'));
    node.log.info('a');
    expect(seen).toStrictEqual([]);
  });

  it('can be taken out', async () => {
    const node = await startTestNode();
    node.log.addFilter('nothing', () => 'stop');
    expect(node.log.removeFilter('nothing')).toBe(true);
    expect(node.log.removeFilter('nothing')).toBe(false);
    node.log.info('a');
    expect(logOf(node)).toHaveLength(1);
  });

  it.each<[string, () => unknown, object]>([
    ['raises an error', () => fail(), { name: 'Error', message: 'odd' }],
    ['returns nothing', () => undefined, { name: 'BadArgumentError' }],
    ['returns no record', () => ({ level: 'info' }), { name: 'BadArgumentError' }],
  ])(
    'that %s is taken out and that is logged; the record is written as if it were not there',
    async (_how, filter, error) => {
      const node = await startTestNode();
      node.log.addFilter('odd', filter as never);
      node.log.info('a');
      node.log.info('b');
      expect(logOf(node)).toMatchObject([
        { text: 'a' },
        { level: 'error', report: { type: 'logError', filter: 'odd', error } },
        { text: 'b' },
      ]);
    },
  );

  it('that logs is not asked about that', async () => {
    const node = await startTestNode();
    node.log.addFilter('loud', () => {
      node.log.info('from the filter');
      return 'ignore';
    });
    node.log.info('a');
    expect(logOf(node).map(({ text }) => text)).toEqual(['a']);
  });

  it.each<[unknown, unknown, string]>([
    ['', () => 'ignore', 'an id: a string that is not empty'],
    [7, () => 'ignore', 'an id: a string that is not empty'],
    ['a', 'ignore', 'addFilter: expected a function'],
    ['taken', () => 'ignore', "expected an id that no filter has, got 'taken'"],
  ])('is refused: %j %j', async (id, filter, message) => {
    const node = await startTestNode();
    node.log.addFilter('taken', () => 'ignore');
    expect(() => node.log.addFilter(id as never, filter as never)).toThrow(BadArgumentError);
    expect(() => node.log.addFilter(id as never, filter as never)).toThrow(message);
  });
});

function fail(): never {
  throw new Error('odd');
}
