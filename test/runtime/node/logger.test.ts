import { consoleLogger, formatLogRecord, startNode, type LogRecord } from '@trestle/runtime';

const record: LogRecord = {
  level: 'error',
  time: new Date(2024, 0, 2, 3, 4, 5, 6).getTime(),
  node: 'n@h',
  text: 'something happened',
};

describe('a log line', () => {
  it('is the time, the level and the text', () => {
    expect(formatLogRecord(record)).toBe('03:04:05.006 [error] something happened');
  });

  it('has the fields of its report below, errors with their stack', () => {
    const error = new Error('broken');
    const fields = { error, data: { type: 'error', stack: 'Error: far\n    at there' }, value: { a: [1] } };
    const text = formatLogRecord({ ...record, fields });
    expect(text).toContain('\n  error: Error: broken\n');
    expect(text).toContain('\n  data: Error: far\n      at there');
    expect(text).toContain('\n  value: { a: [ 1 ] }');
  });

  it('is written from a level on', () => {
    const lines: string[] = [];
    const logger = consoleLogger({ level: 'warning', write: (text) => lines.push(text) });
    for (const level of ['debug', 'info', 'warning', 'error'] as const) logger.log({ ...record, level });
    expect(lines).toEqual([
      '03:04:05.006 [warning] something happened\n',
      '03:04:05.006 [error] something happened\n',
    ]);
  });

  it('has the node and its clock filled in, and no report unless there is one', async () => {
    const records: LogRecord[] = [];
    const node = await startNode({
      logger: { log: (line) => records.push(line) },
      levels: { default: 'debug' },
    });
    node.log.debug('a');
    node.log.info('b', { more: 1 });
    await node.stop();
    expect(records).toEqual([
      { level: 'debug', time: expect.any(Number) as number, node: node.name, text: 'a' },
      { level: 'info', time: expect.any(Number) as number, node: node.name, text: 'b', fields: { more: 1 } },
    ]);
  });

  it('never breaks what logs, even if the report cannot be shown', async () => {
    const lines: string[] = [];
    const node = await startNode({ logger: consoleLogger({ write: (text) => lines.push(text) }) });
    const unshowable = {
      get stack(): string {
        throw new Error('no');
      },
    };
    node.log.error('before', { unshowable });
    node.log.error('after');
    await node.stop();
    expect(lines.join('')).toContain('[error] after');
  });
});
