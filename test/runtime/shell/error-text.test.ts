import { ProcessExit, NodeDownError } from '@trestle/runtime';
import { errorText, sourcePlaceIn, promptText } from '../../../packages/runtime/src/shell/prompt/error-text';

const withStack = (error: Error, ...frames: string[]): Error =>
  Object.assign(error, { stack: [String(error), ...frames.map((frame) => `    at ${frame}`)].join('\n') });

describe('an error at the prompt', () => {
  it('is its code and its message', () => {
    expect(errorText(new NodeDownError("call kv@b@h 'get'", 'b@h'))).toMatch(
      /^ERR_NODEDOWN: call kv@b@h 'get': node b@h is down/,
    );
    expect(errorText(withStack(new TypeError('wrong')))).toBe('TypeError: wrong');
  });

  it('keeps the lines of the stack that are of the user, and only those', () => {
    const mine = ['fill (/home/me/app/master.ts:12:5)', '/home/me/app/main.js:3:1', 'f (shell-3:1:20)'];
    const others = [
      'shell-4:1:1',
      'Session.post (node:inspector:136:22)',
      'JSON.parse (<anonymous>)',
      'x (/home/me/app/node_modules/zod/index.js:1:1)',
      `drain (${process.cwd()}/packages/runtime/src/process/scheduler.ts:68:30)`,
    ];
    const text = errorText(withStack(new Error('wrong'), ...mine, ...others));
    expect(text.split('\n')).toEqual(['Error: wrong', ...mine.map((frame) => `    at ${frame}`)]);
  });

  it('is one line if a node is down, wherever the code of the user was', () => {
    const down = withStack(
      new NodeDownError("call kv@b@h 'get'", 'b@h'),
      'fill (/home/me/app/master.ts:12:5)',
    );
    expect(promptText(down)).toBe("ERR_NODEDOWN: call kv@b@h 'get': node b@h is down");
    expect(errorText(down)).toContain('master.ts:12:5');
    const wrong = withStack(new TypeError('wrong'), 'fill (/home/me/app/master.ts:12:5)');
    expect(promptText(wrong)).toBe(errorText(wrong));
  });

  it('says of an exit only why', () => {
    expect(errorText(withStack(new ProcessExit('shutdown')))).toBe('exit: shutdown');
  });

  it('shows what is no error as a value', () => {
    expect(errorText({ reason: 5 })).toBe('thrown: { reason: 5 }');
    expect(errorText(undefined)).toBe('thrown: undefined');
  });
});

describe('the place of an error in a file', () => {
  it('is the file with line and column, if the stack names it', () => {
    const error = withStack(
      new Error('wrong'),
      'Object.<anonymous> (/home/me/.trestle.ts:7:3)',
      'a (/b.js:1:1)',
    );
    expect(sourcePlaceIn('/home/me/.trestle.ts', error)).toBe('/home/me/.trestle.ts:7:3');
    expect(sourcePlaceIn('/home/me/other.ts', error)).toBeUndefined();
    expect(sourcePlaceIn('/home/me/other.ts', 'no error')).toBeUndefined();
  });
});
