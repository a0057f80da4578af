import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { InputGate } from '../../../packages/runtime/src/shell/prompt/input-gate';

/** A gate with a reader behind it, and a switch that says whether a command is being executed. */
function gated(terminal: boolean) {
  const source = new PassThrough();
  const state = { busy: false, interrupts: 0 };
  const gate = new InputGate(source, terminal, {
    isBusy: () => state.busy,
    interrupt: () => {
      state.interrupts++;
    },
  });
  const passed: string[] = [];
  gate.on('data', (chunk: Buffer) => passed.push(chunk.toString()));
  /** Waits until the gate has let through what it will. */
  const settled = async (): Promise<string[]> => {
    for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
    return passed;
  };
  return { source, gate, state, settled };
}

describe('the gate before the prompt', () => {
  it('lets lines through one by one', async () => {
    const { source, settled } = gated(false);
    source.write('a\nb\r\nc');
    expect(await settled()).toEqual(['a\n', 'b\r\n', 'c']);
  });

  it('keeps lines back while a command is being executed', async () => {
    const { source, gate, state, settled } = gated(false);
    gate.once('data', () => (state.busy = true));
    source.write('a\nb\n');
    expect(await settled()).toEqual(['a\n']);
    state.busy = false;
    gate.pass();
    expect(await settled()).toEqual(['a\n', 'b\n']);
  });

  it('ends when the last line is through, and ends that line', async () => {
    const { source, gate, state, settled } = gated(false);
    state.busy = true;
    source.end('a');
    expect(await settled()).toStrictEqual([]);
    state.busy = false;
    gate.pass();
    await once(gate, 'end');
    expect((await settled()).join('')).toBe('a\n');
  });

  it('lets the keys of a terminal through as they come', async () => {
    const { source, settled } = gated(true);
    source.write('a');
    source.write('\x1b[A');
    source.write('b\rc');
    expect(await settled()).toEqual(['a', '\x1b[A', 'b\r', 'c']);
  });

  it('takes Ctrl-C while a command is being executed, and forgets what was typed ahead', async () => {
    const { source, gate, state, settled } = gated(true);
    state.busy = true;
    source.write('ahead\r');
    source.write('more\x03then');
    expect(await settled()).toStrictEqual([]);
    expect(state.interrupts).toBe(1);
    state.busy = false;
    gate.pass();
    expect(await settled()).toEqual(['then']);
  });

  it('leaves Ctrl-C at the prompt to the line editor', async () => {
    const { source, state, settled } = gated(true);
    source.write('\x03');
    expect(await settled()).toEqual(['\x03']);
    expect(state.interrupts).toBe(0);
  });

  it('leaves its source alone once it is destroyed', () => {
    const { source, gate } = gated(true);
    gate.destroy();
    expect(source.listenerCount('data')).toBe(0);
    expect(source.isPaused()).toBe(true);
  });
});
