import { formatLogRecord, type LogRecord } from '@trestle/runtime';
import { headline } from '../../../../packages/runtime/src/node/log/reports/report-text';
import { crash, pid, reports, textRecord, time } from './some-records';

const linesOf = (record: LogRecord): string[] => formatLogRecord(record).split('\n');

const reportRecord = (report: object): LogRecord =>
  ({ level: 'error', time, node: 'n@h', text: headline(report as never), report }) as LogRecord;

describe('a record as text', () => {
  it('is the time, the level and what has happened', () => {
    expect(formatLogRecord(textRecord())).toBe('03:04:05.006 [info] something happened');
  });

  const cases = reports.map(([report, first, ...below]) => ({ report, first, below }));
  it.each(cases)('of a report says what a reader looks for: $first', ({ report, first, below }) => {
    expect(linesOf(reportRecord(report))).toEqual([
      `03:04:05.006 [error] ${first}`,
      ...below.map((line) => `  ${line}`),
    ]);
  });

  it('is there for every type of report', () => {
    expect(new Set(reports.map(([{ type }]) => type)).size).toBe(19);
  });

  it('names the process that logs, by its class and its name, its label or its pid', () => {
    const texts = [
      { module: 'Counter', registeredName: 'c', label: 'l', pid: pid(1) },
      { module: 'Counter', label: 'l', pid: pid(1) },
      { pid: pid(1) },
      { module: 'billing' },
    ].map((origin) => formatLogRecord(textRecord(origin)).slice('03:04:05.006 [info] '.length));
    expect(texts).toEqual([
      'Counter c: something happened',
      'Counter l: something happened',
      `${pid(1)}: something happened`,
      'billing: something happened',
    ]);
  });

  it('has its fields below, errors with their stack, and then its metadata', () => {
    const error = new Error('broken');
    const data = { type: 'error', stack: 'Error: far\n    at there' };
    const record = textRecord({ fields: { error, data, value: { a: [1] } }, metadata: { requestId: 7 } });
    const text = formatLogRecord(record);
    expect(text).toContain('\n  error: Error: broken\n');
    expect(text).toContain('\n  data: Error: far\n      at there');
    expect(text).toMatch(/\n {2}value: \{ a: \[ 1 \] \}\n {2}requestId: 7$/);
  });

  it('of a crash shows the frames of the program, and those of Trestle if there are no others', () => {
    const own = `at GenServerLoop.run (${require.resolve('@trestle/runtime/internal').replace('internal', 'x')}:1:1)`;
    const stack = (...frames: string[]) => ['Error: x', ...frames].join('\n    ');
    const framesOf = (text: string) =>
      linesOf(reportRecord({ ...crash, reason: { type: 'error', name: 'Error', message: 'x', stack: text } }))
        .filter((line) => line.startsWith('    at '))
        .map((line) => line.trim());
    expect(framesOf(stack('at mine (/app/a.ts:1:1)', own))).toEqual(['at mine (/app/a.ts:1:1)']);
    expect(framesOf(stack(own))).toEqual([own]);
    // A function that came as source is the program's, though it was evaluated by Trestle.
    const [sent] = [
      `at eval (${own.replace('at ', 'eval at ').replace('GenServerLoop.run', 'parsed')}, <anonymous>:3:26)`,
    ];
    expect(framesOf(stack(sent, own))).toEqual([sent]);
  });

  it('of a crash shows twenty links, and says how many more there are', () => {
    const links = Array.from({ length: 1_000 }, (_, place) => pid(place));
    const line = linesOf(reportRecord({ ...crash, links })).find((text) => text.startsWith('  links: '))!;
    expect(line).toMatch(/ … 980 more$/);
    expect(line.split(',')).toHaveLength(20);
  });

  it('of a large value is cut, and says how large it is', () => {
    const text = formatLogRecord(textRecord({ fields: { large: 'x'.repeat(1_000_000), many: Array(1e5) } }));
    expect(text.length).toBeLessThan(1_000);
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`key${String(i)}`, i]));
    expect(formatLogRecord(textRecord({ fields: { wide } }))).toMatch(/ … \(\d+ characters\)$/);
  });

  const hostile = {
    get stack(): string {
      throw new Error('no');
    },
  };
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  it.each([
    ['a value with a getter that throws', textRecord({ fields: { value: hostile } })],
    ['a value that is a revoked proxy', textRecord({ fields: { value: revoked() } })],
    ['fields that are a revoked proxy', textRecord({ fields: revoked() as never })],
    ['a field that is a getter that throws', textRecord({ fields: hostile })],
    ['a reason that throws when it is looked at', reportRecord({ ...crash, reason: revoked() })],
    ['a state that throws when it is looked at', reportRecord({ ...crash, state: revoked() })],
  ])('of %s is still text', (_what, record) => {
    expect(formatLogRecord(record)).toMatch(/^03:04:05.006 \[/);
  });

  it('of every other supervisor trouble is one that can be shown, too', () => {
    const report = {
      ...{ type: 'supervisor', supervisor: 'app', errorContext: 'startError', reason: revoked() },
      offender: { id: 'x', pid: undefined, type: 'worker', restart: 'permanent', shutdownMs: 1 },
    };
    expect(linesOf(reportRecord(report))[1]).toBe('  ** a reason that cannot be shown');
  });
});
