import {
  continueWith,
  GenServer,
  hibernate,
  noReply,
  reply,
  type Call,
  type CallResult,
  type From,
  type InitResult,
  type Next,
  type Node,
  type ServerPid,
} from '@trestle/runtime';
import { inBothPlaces } from '../support/both-places';
import { partsOf, startTestNode } from '../support/test-node';

type SleeperCall =
  Call<{ type: 'reply' }, string> | Call<{ type: 'keep' }, string> | Call<{ type: 'seen' }, string[]>;
type SleeperCast = 'cast' | 'go' | 'release' | 'later';

/** Hibernates after everything it handles. */
class Sleeper extends GenServer<SleeperCall, SleeperCast> {
  private readonly seen: string[] = [];
  private kept: (() => void) | undefined;
  override init(): InitResult {
    this.seen.push('init');
    return hibernate();
  }
  override handleCall(request: SleeperCall, from: From): CallResult {
    if (request.type === 'seen') return reply(request, [...this.seen]);
    this.seen.push(request.type);
    if (request.type === 'reply') return reply(request, 'replied', hibernate());
    this.kept = () => {
      this.self.reply(from, 'kept');
    };
    return noReply(hibernate());
  }
  override handleCast(request: SleeperCast): Next | Promise<Next> {
    this.seen.push(request);
    if (request === 'release') this.kept?.();
    if (request === 'later') return Promise.resolve(hibernate());
    return request === 'go' ? continueWith('on') : hibernate();
  }
  override handleContinue(): Next {
    this.seen.push('continue');
    return hibernate();
  }
  override handleInfo(message: unknown): Next {
    this.seen.push(String(message));
    return hibernate();
  }
}

/** Whether the process holds nothing for messages. */
function holdsNothing(node: Node, pid: ServerPid<Sleeper>): boolean {
  const process = partsOf(node).table.get(pid) as unknown as { messages: unknown; calls: unknown };
  return process.messages === null && process.calls === null;
}

describe('a server that hibernates', () => {
  inBothPlaces('wakes for the next message: a call, a cast, any other', async ({ here, there }) => {
    const sleeper = await there.start(Sleeper);
    expect(await here.call(sleeper, { type: 'reply' })).toBe('replied');
    here.cast(sleeper, 'cast');
    here.cast(sleeper, 'go');
    here.cast(sleeper, 'later');
    here.send(sleeper, 'hello');
    const seen = ['init', 'reply', 'cast', 'go', 'continue', 'later', 'hello'];
    expect(await here.call(sleeper, { type: 'seen' })).toEqual(seen);
  });

  inBothPlaces('handles at once what has come in the meantime', async ({ here, there }) => {
    const sleeper = await there.start(Sleeper);
    for (let n = 0; n < 1_000; n++) here.cast(sleeper, 'cast');
    expect(await here.call(sleeper, { type: 'seen' })).toHaveLength(1_001);
  });

  inBothPlaces('answers later what it has not answered', async ({ here, there }) => {
    const sleeper = await there.start(Sleeper);
    const kept = here.call(sleeper, { type: 'keep' });
    here.cast(sleeper, 'release');
    expect(await kept).toBe('kept');
  });

  inBothPlaces('fails the calls it has not answered when it ends', async ({ here, there }) => {
    const sleeper = await there.start(Sleeper);
    const kept = here.call(sleeper, { type: 'keep' });
    here.exitSignal(sleeper, 'away');
    await expect(kept).rejects.toMatchObject({ code: 'ERR_SERVER_EXIT', reason: 'away' });
  });

  it('holds nothing for messages while none come', async () => {
    const node = await startTestNode();
    const sleeper = await node.start(Sleeper);
    await node.call(sleeper, { type: 'seen' });
    expect(holdsNothing(node, sleeper)).toBe(false);
    await node.call(sleeper, { type: 'reply' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(holdsNothing(node, sleeper)).toBe(true);
  });

  it('tells a bad return of handleCall: hibernation alone answers nothing', async () => {
    class Mute extends GenServer<Call<{ type: 'ask' }, string>> {
      override handleCall(): CallResult {
        return hibernate() as never;
      }
    }
    const node = await startTestNode();
    const asked = node.call(await node.start(Mute), { type: 'ask' });
    await expect(asked).rejects.toMatchObject({
      reason: { type: 'badReturnValue', callback: 'handleCall', value: 'hibernate' },
    });
  });
});
