import { Connection } from '../../../../packages/runtime/src/distribution/connection/connection';
import { SocketCloser } from '../../../../packages/runtime/src/distribution/socket/socket-closer';
import { sendBufferOf } from '../../../../packages/runtime/src/distribution/connection/send-buffer';
import type { Socket } from '../../../../packages/runtime/src/distribution/socket/transport';
import { FrameWriter } from '../../../../packages/runtime/src/distribution/wire/frame-writer';
import { defaultLimits } from '../../../../packages/runtime/src/distribution/wire/limits';
import type { WireSignal } from '../../../../packages/runtime/src/distribution/wire/wire-signal';
import { idle, inProcess, logOf, partsOf, startTestNode } from '../../../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

/** A socket by which a test plays the peer. */
class PeerSocket implements Socket {
  readonly remoteAddress = 'peer';
  readonly remoteHost = 'peer';
  readonly bufferedAmount = 0;
  readonly bytesReceived = 0;
  deliver: (data: Uint8Array | string) => void = () => undefined;
  isClosed = false;

  set onMessage(listener: (data: Uint8Array | string) => void) {
    this.deliver = listener;
  }
  set onDrain(_listener: () => void) {
    // It takes everything at once.
  }
  set onClose(_listener: (problem: string | undefined) => void) {
    // The peer never hangs up.
  }
  send(): void {
    // Nobody reads.
  }
  cork(): void {
    // Nobody reads.
  }
  uncork(): void {
    // Nobody reads.
  }
  prove(): void {
    // It was proved before the test.
  }
  close(): void {
    this.isClosed = true;
  }
  terminate(): void {
    this.isClosed = true;
  }
}

async function openConnection() {
  const node = await startTestNode();
  const local = partsOf(node);
  const { pid, inbox } = idle(node);
  const losses: string[] = [];
  const context = {
    local,
    limits: defaultLimits,
    closer: new SocketCloser(new VirtualClock()),
    netTickMs: Infinity,
    sendBuffer: sendBufferOf({ maxBytes: 1_000_000 }),
    pulse: { asker: () => null },
  };
  const connection = new Connection(
    'peer@h',
    context,
    { sent: () => undefined, received: (signal) => signal },
    {
      lost: (reason) => {
        losses.push(reason);
        connection.end(reason);
      },
      nodes: () => undefined,
      departed: () => undefined,
      leaving: () => undefined,
      busy: () => undefined,
    },
  );
  const socket = new PeerSocket();
  connection.open(socket, 1);
  const frameOf = (...signals: WireSignal[]): Uint8Array => {
    const writer = new FrameWriter(defaultLimits, { self: 'peer@h', peer: node.name });
    for (const signal of signals) writer.append(signal);
    return writer.take();
  };
  const arrived = async (): Promise<unknown[]> => {
    await inProcess(node, () => undefined);
    return inbox;
  };
  const message = (text: string): WireSignal => ({ kind: 'message', to: pid, message: text });
  return { node, connection, socket, losses, frameOf, arrived, message };
}

describe('a connection', () => {
  it('delivers nothing that stands behind a goodbye in its frame', async () => {
    const { socket, losses, frameOf, arrived, message } = await openConnection();
    socket.deliver(frameOf(message('before'), { kind: 'bye', reason: 'shutdown' }, message('behind')));
    expect(await arrived()).toEqual(['before']);
    expect(losses).toEqual(['shutdown']);
    expect(socket.isClosed).toBe(true);
  });

  it('does not look at what stands behind a goodbye in its frame', async () => {
    const { node, socket, losses, frameOf } = await openConnection();
    socket.deliver(Buffer.concat([frameOf({ kind: 'bye', reason: 'shutdown' }), Buffer.from([0xff])]));
    expect(losses).toEqual(['shutdown']);
    expect(logOf(node)).toStrictEqual([]);
  });

  it('delivers what stands before the bad place of a frame, and is lost by that', async () => {
    const { node, socket, losses, frameOf, arrived, message } = await openConnection();
    socket.deliver(
      Buffer.concat([frameOf(message('before')), Buffer.from([0xff]), frameOf(message('behind'))]),
    );
    expect(await arrived()).toEqual(['before']);
    expect(losses).toEqual(['badFrame']);
    expect(logOf(node).map(({ text }) => text)).toEqual([
      'the connection to node peer@h at peer is closed: bad frame: an item of the wrong kind',
    ]);
  });

  it('is alive, when it is probed, by an answer, and by nothing that the peer sent before', async () => {
    const { connection, socket, frameOf, message } = await openConnection();
    const answers: string[] = [];
    connection.probe(60_000, () => answers.push('the first'));
    connection.probe(60_000, () => answers.push('the second'));
    socket.deliver(frameOf(message('from before')));
    socket.deliver(frameOf({ kind: 'tock' }));
    expect(answers).toStrictEqual([]);
    socket.deliver(frameOf({ kind: 'tock' }));
    expect(answers).toStrictEqual(['the second']);
    connection.end('over');
  });
});
