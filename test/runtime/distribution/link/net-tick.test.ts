import {
  firstNetTickState,
  netTickStep,
  type NetTickEffect,
} from '../../../../packages/runtime/src/distribution/link/net-tick';

/** The effects of looks at a connection that heard (`r`), sent (`s`), did both (`b`) or neither (`-`) before each. */
function looks(script: string): (NetTickEffect | undefined)[] {
  let state = firstNetTickState;
  return [...script].map((what) => {
    const step = netTickStep(state, { received: 'rb'.includes(what), sent: 'sb'.includes(what) });
    state = step.state;
    return step.effect;
  });
}

describe('the net tick', () => {
  it('is not needed where both sides have just been heard', () => {
    expect(looks('bbb')).toEqual([undefined, undefined, undefined]);
  });

  it('is sent by a side that has nothing else to send', () => {
    expect(looks('rr')).toEqual(['sendTick', 'sendTick']);
  });

  it('is sent by a side that hears nothing, so that the other one answers', () => {
    expect(looks('s')).toEqual(['sendTick']);
  });

  it('declares a peer dead at the fourth silent look in a row', () => {
    expect(looks('b---s')).toEqual([undefined, 'sendTick', 'sendTick', 'sendTick', 'peerIsDead']);
  });

  it('begins to count anew with every sign of life', () => {
    expect(looks('---r---')).not.toContain('peerIsDead');
    expect(looks('---r----')).toContain('peerIsDead');
  });
});
