import { BadArgumentError, startNode } from '@trestle/runtime';

const name = 'with_wrong_options@127.0.0.1';

/** Options that are wrong, and what is said of them. */
const wrong: [string, unknown][] = [
  ['expected options to be of type object, got null', null],
  ["expected options to have no 'nam', got { nam: 'a@b' }", { nam: 'a@b' }],
  ["expected name to be a node name of the form 'name@host', got 'no host'", { name: 'no host' }],
  ['expected cookie to be a string that is not empty, got an empty one', { name, cookie: '' }],
  ["expected options to have no 'nam', got { nam: 'a@b' }", { nam: 'a@b', cookie: 'a secret' }],
  [
    "expected options to have no 'cookies', got { cookies: something that is not shown }",
    { name, cookies: ['a secret'] },
  ],
  ["expected port to be a port from 0 to 65535, got '80'", { name, port: '80' }],
  ['expected mapperPort to be a port from 1 to 65535, got 0', { name, mapperPort: 0 }],
  ['expected mapperPort to be a port from 1 to 65535, got 65536', { name, mapperPort: 65_536 }],
  [
    'expected either a mapperPort or resolve, which takes the place of the port mapper, got both',
    { name, mapperPort: 4_370, port: 4_000, resolve: () => undefined },
  ],
  ['expected netTickMs to be milliseconds (more than 0, or Infinity), got NaN', { name, netTickMs: NaN }],
  ['expected netTickMs to be milliseconds (more than 0, or Infinity), got 0', { name, netTickMs: 0 }],
  [
    "expected limits.maxFrameBytes to be a whole number above 0, got 'x'",
    { name, limits: { maxFrameBytes: 'x' } },
  ],
  [
    'expected logger to be a logger: an object with log(record), whose level, if it has one, is one of those of the log, got 5',
    { logger: 5 },
  ],
  ['expected transport to be a transport: an object with listen and dial, got {}', { name, transport: {} }],
  [
    'expected sendBuffer.highBytes to be bytes (65536 or more, or Infinity), got 1',
    { name, sendBuffer: { highBytes: 1 } },
  ],
  ["expected messageIsolation to be 'share', 'freeze' or 'clone', got 'copy'", { messageIsolation: 'copy' }],
  [
    "expected rpc.allow to be an array of patterns and rules, got 'Stats.*'",
    { name, rpc: { allow: 'Stats.*' } },
  ],
  [
    "expected rpc.allow.0 to be a pattern such as 'Module.function' or 'Module.*', or { functions, from } with patterns, from of node names ('ops@*'), got 'Stats'",
    { name, rpc: { allow: ['Stats'] } },
  ],
  [
    "expected rpc.allow.0 to be a pattern such as 'Module.function' or 'Module.*', or { functions, from } with patterns, from of node names ('ops@*'), got { form: 'a@b' }",
    { name, rpc: { allow: [{ form: 'a@b' }] } },
  ],
  ...['ops', 'a b@*', ''].map((from): [string, unknown] => [
    `expected rpc.allow.0 to be a pattern such as 'Module.function' or 'Module.*', or { functions, from } with patterns, from of node names ('ops@*'), got { functions: 'Stats.*', from: '${from}' }`,
    { name, rpc: { allow: [{ functions: 'Stats.*', from }] } },
  ]),
  [
    "expected either dist: 'never' or redial with waits, got both",
    { name, dist: 'never', redial: { minMs: 1, maxMs: 2 } },
  ],
  ["expected rpc to have no 'deny', got { deny: [] }", { name, rpc: { allow: [], deny: [] } }],
  ['expected a name, because netTickMs is given, got undefined', { netTickMs: 5 }],
];

it.each(wrong)('a node does not start with wrong options: %s', async (message, options) => {
  const error: unknown = await startNode(options as never).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BadArgumentError);
  expect((error as Error).message).toBe(`startNode: ${message}`);
});
