import type { CrashReport, LogRecord, Pid, Report, ReportedChild } from '@trestle/runtime';

/** 03:04:05.006, wherever the test runs. */
export const time = new Date(2024, 0, 2, 3, 4, 5, 6).getTime();

export const pid = (place: number): Pid => `<n@h/${String(place)}.0/x>` as Pid;

export function textRecord(more: Partial<LogRecord> = {}): LogRecord {
  return { level: 'info', time, node: 'n@h', text: 'something happened', ...more };
}

export const crash: CrashReport = {
  type: 'crash',
  pid: pid(4),
  registeredName: 'counter',
  behaviour: 'GenServer',
  initialCall: 'Counter',
  ancestors: ['workers', pid(1)],
  reason: {
    type: 'error',
    name: 'TypeError',
    message: 'no',
    code: 'ERR_NO',
    stack: [
      'TypeError: no',
      '    at Counter.handleCall (/app/counter.ts:10:30)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:103:5)',
    ].join('\n'),
    cause: { type: 'error', name: 'Error', message: 'tired' },
  },
  lastMessage: { type: 'add', n: 2 },
  client: pid(9),
  state: { total: 3 },
  messageQueueLen: 12,
  trapExit: false,
  links: [pid(3)],
  neighbours: [{ pid: pid(3), label: 'feed', messageQueueLen: 0 }],
};

export const child: ReportedChild = {
  id: 'counter',
  pid: pid(4),
  type: 'worker',
  restart: 'permanent',
  shutdownMs: 5_000,
  significant: false,
};

const error = { type: 'error', name: 'Error', message: 'odd' } as const;

/** A report of every type, with the line that it is and the lines below. */
export const reports: readonly (readonly [Report, headline: string, ...below: string[]])[] = [
  [
    crash,
    `GenServer Counter 'counter' ${pid(4)} terminating`,
    '** TypeError: no (ERR_NO)',
    '  at Counter.handleCall (/app/counter.ts:10:30)',
    'caused by Error: tired',
    "last message: { type: 'add', n: 2 }",
    `client: ${pid(9)}`,
    'state: { total: 3 }',
    `ancestors: workers, ${pid(1)}`,
    'message queue: 12 waiting',
    `links: ${pid(3)}`,
    `neighbours: feed ${pid(3)}`,
  ],
  [
    {
      ...{ type: 'crash', pid: pid(4), behaviour: 'Process', initialCall: 'work', reason: 'odd', label: 'w' },
      ...{ ancestors: [], messageQueueLen: 0, trapExit: true, links: [], neighbours: [] },
    },
    `Process work ${pid(4)} (w) raised an error`,
    "** 'odd'",
  ],
  [
    {
      ...{ type: 'crash', pid: pid(4), behaviour: 'Task', reason: 'odd', label: 'task of x' },
      ...{ ancestors: [], messageQueueLen: 0, trapExit: true, links: [], neighbours: [] },
    },
    `Task 'task of x' ${pid(4)} terminating`,
    "** 'odd'",
  ],
  [
    {
      ...{ type: 'supervisor', supervisor: 'app', errorContext: 'childTerminated' },
      ...{ reason: error, offender: child },
    },
    "Supervisor app: child 'counter' terminated",
    '** Error: odd',
    `child: ${pid(4)}, permanent, worker, shutdown: 5000 ms`,
  ],
  [
    {
      ...{ type: 'supervisor', supervisor: 'app', errorContext: 'startError', reason: 'no' },
      offender: { ...child, pid: undefined, significant: true, shutdownMs: 'brutalKill' },
    },
    "Supervisor app: child 'counter' failed to start",
    '** no',
    'child: permanent, significant, worker, shutdown: brutalKill',
  ],
  [
    {
      ...{ type: 'supervisor', supervisor: 'app', errorContext: 'shutdownError', reason: 'killed' },
      offender: { ...child, type: 'supervisor', shutdownMs: Infinity },
    },
    "Supervisor app: child 'counter' did not shut down in order",
    '** killed',
    `child: ${pid(4)}, permanent, supervisor, shutdown: Infinity`,
  ],
  [
    {
      ...{ type: 'supervisor', supervisor: 'app', errorContext: 'shutdown' },
      ...{ reason: 'reachedMaxRestartIntensity', offender: child },
    },
    "Supervisor app: child 'counter' was restarted too often",
    '** reachedMaxRestartIntensity',
    `child: ${pid(4)}, permanent, worker, shutdown: 5000 ms`,
  ],
  [
    { type: 'progress', supervisor: 'app', started: child },
    "Supervisor app: child 'counter' started",
    `child: ${pid(4)}, permanent, worker, shutdown: 5000 ms`,
  ],
  [{ type: 'applicationStarted', application: 'shop', startedAt: 'n@h' }, 'Application shop started at n@h'],
  [
    {
      type: 'applicationExited',
      application: 'shop',
      exited: 'stopped',
      kind: 'permanent',
      stopsNode: false,
    },
    'Application shop exited: stopped',
  ],
  [
    { type: 'applicationExited', application: 'shop', exited: error, kind: 'permanent', stopsNode: true },
    'Application shop exited: Error: odd; the node stops with it',
    '** Error: odd',
  ],
  [{ type: 'applicationSignal', application: 'shop', signal: 'SIGTERM' }, 'SIGTERM: application shop stops'],
  [
    { type: 'applicationStop', application: 'shop', problem: { kind: 'timeout', stopTimeoutMs: 50 } },
    'Application shop did not stop within 50 ms',
  ],
  [
    {
      ...{ type: 'applicationStop', application: 'shop' },
      problem: { kind: 'callback', callback: 'prepStop', error },
    },
    'Application shop: prepStop raised an error',
    '** Error: odd',
  ],
  [
    { type: 'unexpectedMessage', server: 'Counter x', message: 'hello' },
    'Counter x received an unexpected message',
    "message: 'hello'",
  ],
  [
    { type: 'unknownCall', server: 'Supervisor x', request: [1], from: pid(9) },
    `Supervisor x received an unknown call from ${pid(9)}`,
    'request: [ 1 ]',
  ],
  [
    { type: 'unknownCast', server: 'Supervisor x', request: [1] },
    'Supervisor x received an unknown cast',
    'request: [ 1 ]',
  ],
  [
    {
      type: 'refused',
      verb: 'rpc.cast',
      called: 'Mail.send',
      from: 'a@h',
      problem: "module 'Mail' is not exposed",
    },
    "rpc.cast of Mail.send by a@h was refused: module 'Mail' is not exposed",
  ],
  [
    {
      type: 'refused',
      verb: 'spawnLinkOn',
      called: 'Mail.send',
      from: pid(9),
      problem: 'it has no such function',
    },
    `spawnLinkOn of Mail.send by ${pid(9)} was refused: it has no such function`,
  ],
  [
    { type: 'trace', server: 'Counter x', event: { type: 'call', request: 'get', from: pid(9) } },
    'Counter x got a call',
    "request: 'get'",
    `from: ${pid(9)}`,
  ],
  [
    { type: 'trace', server: 'Counter x', event: { type: 'reply', reply: 1, to: pid(9) } },
    'Counter x replied',
    'reply: 1',
    `to: ${pid(9)}`,
  ],
  [{ type: 'nodeError', problem: 'a timer failed', error }, 'a timer failed', '** Error: odd'],
  [{ type: 'reply', to: 'a@h', error }, 'reply to a call of node a@h: odd'],
  [{ type: 'reply', called: 'm.f', error }, 'rpc m.f: the result cannot be sent', '** Error: odd'],
  [
    { type: 'connection', event: 'failed', peer: 'a@h', problem: 'other cookie' },
    'no connection to node a@h: other cookie',
  ],
  [
    { type: 'connection', event: 'refused', address: '::1', problem: 'other cookie' },
    '::1 was refused: other cookie',
  ],
  [
    { type: 'connection', event: 'closed', peer: 'a@h', address: '::1', problem: 'bad frame' },
    'the connection to node a@h at ::1 is closed: bad frame',
  ],
  [
    { type: 'absentNodes', nodes: ['a@h', 'b@h'], withinMs: 5 },
    'optional nodes not connected within 5 ms: a@h, b@h',
  ],
  [{ type: 'discovery', topology: 't', event: 'connected to a@h' }, '[discovery:t] connected to a@h'],
  [
    { type: 'logError', filter: 'f', error },
    "log filter 'f' raised an error and is taken out",
    '** Error: odd',
  ],
  [{ type: 'dropped', records: 7 }, '7 records dropped: too many at once'],
];
