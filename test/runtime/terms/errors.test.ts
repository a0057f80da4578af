import {
  BadArgumentError,
  CallingSelfError,
  CallTimeoutError,
  CodeChangeError,
  FunctionsNotAcceptedError,
  HandshakeError,
  MailboxFullError,
  NameTakenError,
  NodeDownError,
  NoProcessError,
  NotExposedError,
  NotServerError,
  RemoteError,
  RemoteExitError,
  RemoteKilledError,
  ServerExitError,
  StartError,
  TrestleError,
  UnsendableError,
} from '@trestle/runtime';
import { checkOptions } from '@trestle/runtime/internal';
import { z } from 'zod';

const errors: [TrestleError, string, boolean, string][] = [
  [
    new BadArgumentError({ call: 'link', expected: 'a pid', got: 5 }),
    'ERR_BAD_ARGUMENT',
    false,
    'link: expected a pid, got 5',
  ],
  [new CallTimeoutError('call kv', 5_000), 'ERR_CALL_TIMEOUT', true, 'call kv: no reply within 5000 ms'],
  [new NotServerError('call kv'), 'ERR_NOT_SERVER', false, 'call kv: the process is no server'],
  [new NoProcessError('call kv'), 'ERR_NOPROC', false, 'call kv: there is no such process'],
  [
    new ServerExitError('call kv', 'shutdown'),
    'ERR_SERVER_EXIT',
    true,
    'call kv: the server ended before it replied: shutdown',
  ],
  [new MailboxFullError('call kv'), 'ERR_MAILBOX_FULL', false, 'call kv: the mailbox of the server is full'],
  [new NodeDownError('call kv', 'b@h'), 'ERR_NODEDOWN', true, 'call kv: node b@h is down'],
  [new NodeDownError('call kv', 'b@h', false), 'ERR_NODEDOWN', false, 'call kv: node b@h is down'],
  [
    new FunctionsNotAcceptedError('spawnOn b@h', 'b@h'),
    'ERR_FUNCTIONS_NOT_ACCEPTED',
    false,
    'spawnOn b@h: node b@h accepts no functions of other nodes (startNode({ acceptFunctions: true }) would)',
  ],
  [new RemoteExitError('rpc M.f', 'x'), 'ERR_REMOTE_EXIT', true, 'rpc M.f: the function exited: x'],
  [
    new RemoteKilledError('rpc M.f', 'killed'),
    'ERR_REMOTE_KILLED',
    true,
    'rpc M.f: the process of the function was ended: killed',
  ],
  [new CallingSelfError('call kv'), 'ERR_CALLING_SELF', false, 'call kv: a process cannot call itself'],
  [
    new CodeChangeError('changeCode kv', { type: 'error', name: 'Error', message: 'm' }),
    'ERR_CODE_CHANGE',
    false,
    'changeCode kv: the old class runs on: Error: m',
  ],
  [
    new StartError('start Kv', { type: 'shutdown', detail: 'x' }),
    'ERR_START',
    false,
    'start Kv: shutdown: x',
  ],
  [
    new NameTakenError("register 'kv'", '<n@h/1.0/1>'),
    'ERR_NAME_TAKEN',
    false,
    "register 'kv': the name is taken by <n@h/1.0/1>",
  ],
  [
    new UnsendableError('request.fn', 'a function'),
    'ERR_UNSENDABLE',
    false,
    'request.fn: a function cannot be sent to another node',
  ],
  [new HandshakeError('cookie', 'refused'), 'ERR_HANDSHAKE', false, 'refused'],
  [
    new RemoteError('rpc M.f', { type: 'error', name: 'Error', message: 'm' }),
    'ERR_REMOTE',
    true,
    'rpc M.f: Error: m',
  ],
  [new NotExposedError('rpc M.f', 'no module M'), 'ERR_NOT_EXPOSED', false, 'rpc M.f: no module M'],
];

describe('an error', () => {
  it.each(errors)(
    '%s has its code, tells whether the request may have been handled, and what happened',
    (error, code, may, text) => {
      expect(error).toBeInstanceOf(TrestleError);
      expect(error).toBeInstanceOf(Error);
      expect(error.name).toBe(error.constructor.name);
      expect([error.code, error.mayHaveBeenHandled, error.message]).toEqual([code, may, text]);
    },
  );

  it('shows what was given in one short line', () => {
    const got = {
      list: Array.from({ length: 1_000 }, (_, i) => i),
      text: 'x'.repeat(1_000),
      deep: { a: { b: { c: 1 } } },
    };
    const { message } = new BadArgumentError({ call: 'f', expected: 'less', got });
    expect(message.length).toBeLessThan(200);
    expect(message).not.toContain('\n');
  });
});

describe('options', () => {
  const schema = z.strictObject({
    count: z.number('a number').optional(),
    nested: z.strictObject({ flag: z.boolean() }).optional(),
  });

  it('that are right are returned', () => {
    expect(checkOptions('f', schema, { count: 1 })).toEqual({ count: 1 });
  });

  it.each([
    [{ count: 'x' }, "f: expected count to be a number, got 'x'"],
    [{ nested: { flag: 5 } }, 'f: expected nested.flag to be of type boolean, got 5'],
    [{ cuont: 1 }, "f: expected options to have no 'cuont', got { cuont: 1 }"],
    [5, 'f: expected options to be of type object, got 5'],
    [undefined, 'f: expected options to be of type object, got undefined'],
  ])('that are wrong are refused by name: %p', (options, message) => {
    expect(() => checkOptions('f', schema, options)).toThrow(message);
  });
});
