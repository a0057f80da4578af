import { exitEffect } from '../../../packages/runtime/src/process/exit-rules';
import type { Pid } from '../../../packages/runtime/src/terms/pid';

const me = '<n@h/1.0/1>' as Pid;
const other = '<n@h/2.0/1>' as Pid;
const message = (from: Pid, reason: unknown) => ({
  effect: 'message',
  message: { type: 'EXIT', from, reason },
});
const end = (reason: unknown) => ({ effect: 'end', reason });
const ignore = { effect: 'ignore' };

describe('an exit signal, by the rules of OTP', () => {
  it.each([
    // sender, reason, along a link, trapping, effect
    [other, 'normal', false, false, ignore],
    [other, 'normal', true, false, ignore],
    [me, 'normal', false, false, end('normal')],
    [other, 'normal', false, true, message(other, 'normal')],
    [other, 'normal', true, true, message(other, 'normal')],
    [me, 'normal', false, true, message(me, 'normal')],
    [other, 'kill', false, false, end('killed')],
    [other, 'kill', false, true, end('killed')],
    [me, 'kill', false, true, end('killed')],
    [other, 'kill', true, false, end('kill')],
    [other, 'kill', true, true, message(other, 'kill')],
    [other, 'killed', true, false, end('killed')],
    [other, 'killed', true, true, message(other, 'killed')],
    [other, 'shutdown', false, false, end('shutdown')],
    [other, 'shutdown', true, true, message(other, 'shutdown')],
    [other, undefined, true, false, end(undefined)],
  ])('of %s with %j (link %s) to a process that traps %s', (from, reason, viaLink, trapsExits, effect) => {
    expect(exitEffect({ from, reason, viaLink }, { pid: me, trapsExits })).toEqual(effect);
  });
});
