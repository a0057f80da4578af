import fc from 'fast-check';
import {
  firstNetTickState,
  netTickStep,
  type NetTickEvent,
  type NetTickState,
} from '../../../../packages/runtime/src/distribution/connection/net-tick';

/**
 * What happens on a connection, a letter each. Looks that found that the side has heard (`r`), sent (`s`), done both (`b`)
 * or neither (`-`) since the one before, or that came late and found nothing (`l`). Answers of the pulse: the event loop
 * has not beaten for long (`!`), has beaten again and again since the last answer (`?`), or once, just now (`1`);
 * or none came in time (`x`). And a frame that came (`h`).
 */
function eventsOf(script: string, hasPulse: boolean): NetTickEvent[] {
  let beats = 100;
  return [...script].map((letter) => {
    if (letter === 'h') return { kind: 'heard' };
    if (letter === 'x') return { kind: 'pulse', answer: undefined, netTickMs: 800 };
    if ('!?1'.includes(letter)) {
      beats += { '!': 0, '1': 1, '?': 4 }[letter as '!'];
      return { kind: 'pulse', answer: { blockedMs: letter === '!' ? 400 : 5, beats }, netTickMs: 800 };
    }
    const [received, sent] = ['rb'.includes(letter), 'sb'.includes(letter)];
    return { kind: 'look', received, sent, late: letter === 'l', hasPulse };
  });
}

/** What is done about each of the events. */
function effectsOf(script: string, { hasPulse = false } = {}): string[] {
  let state: NetTickState = firstNetTickState;
  return eventsOf(script, hasPulse).map((event) => {
    const step = netTickStep(state, event);
    state = step.state;
    return step.effects.map(({ kind }) => kind).join(' ');
  });
}

describe('the net tick', () => {
  it('is not needed where both sides have just been heard', () => {
    expect(effectsOf('bbb')).toEqual(['', '', '']);
  });

  it('is sent by a side that has nothing else to send', () => {
    expect(effectsOf('rr')).toEqual(['sendTick', 'sendTick']);
  });

  it('is sent by a side that hears nothing, so that the other one answers', () => {
    expect(effectsOf('s')).toEqual(['sendTick']);
  });

  it('declares a peer dead at the fourth silent look in a row', () => {
    expect(effectsOf('b---s')).toEqual(['', 'sendTick', 'sendTick', 'sendTick', 'peerIsDead']);
  });

  it('begins to count anew with every sign of life', () => {
    expect(effectsOf('---r---')).not.toContain('peerIsDead');
    expect(effectsOf('---h---')).not.toContain('peerIsDead');
    expect(effectsOf('---r----')).toContain('peerIsDead');
  });

  it('does not count a look that comes so late that nobody can have been heard', () => {
    expect(effectsOf('---l')).toEqual(['sendTick', 'sendTick', 'sendTick', 'sendTick']);
    expect(effectsOf('---l-')).toContain('peerIsDead');
  });
});

describe('the net tick of a peer with a pulse', () => {
  const effects = (script: string): string[] => effectsOf(script, { hasPulse: true });

  it('takes no notice of an answer of the pulse that comes when the peer was heard again', () => {
    const answer = { blockedMs: 400, beats: 1 };
    const late: NetTickEvent = { kind: 'pulse', answer, netTickMs: 800 };
    expect(netTickStep(firstNetTickState, late)).toEqual({ state: firstNetTickState, effects: [] });
  });

  it('asks the pulse from the second silent look on', () => {
    expect(effects('--x-')).toEqual(['sendTick', 'sendTick askPulse', '', 'sendTick askPulse']);
  });

  it('declares the peer dead in time if the pulse does not answer', () => {
    expect(effects('--x-x-')[5]).toBe('peerIsDead');
    expect(effects('--!-x-')[5]).toBe('peerIsDead');
  });

  it('declares the peer dead in time if its event loop turns: then it is the connection that carries nothing', () => {
    expect(effects('--?-?-')[5]).toBe('peerIsDead');
  });

  it('keeps a peer whose event loop is blocked, asking anew at every look, and tells so once', () => {
    const told = ['', 'sendTick askPulse', 'peerIsBusy', 'sendTick askPulse', '', 'sendTick askPulse', ''];
    expect(effects('--!-!-!-!').slice(2)).toEqual(told);
  });

  it('keeps a peer whose event loop has turned once, and may be blocked again', () => {
    expect(effects('--x-1-').slice(4)).toEqual(['', 'sendTick askPulse']);
    expect(effects('--1-1-!').slice(4)).toEqual(['', 'sendTick askPulse', 'peerIsBusy']);
    expect(effects('--1-1-1-').slice(4)).toEqual(['', 'sendTick askPulse', '', 'peerIsDead']);
  });

  it('decides nothing while an answer may still come', () => {
    expect(effects('------').slice(2)).toEqual(['sendTick', 'sendTick', 'sendTick', 'sendTick']);
    expect(effects('------x-x-')).toContain('peerIsDead');
  });

  it('declares a busy peer dead at the first look before which its pulse has not answered', () => {
    expect(effects('--!-!-x-').slice(5)).toEqual(['sendTick askPulse', '', 'peerIsDead']);
  });

  it('tells when a busy peer is heard again, by a frame or by the bytes of one', () => {
    expect(effects('--!-!h')[5]).toBe('peerIsReady');
    expect(effects('--!-!-!b')[7]).toBe('peerIsReady');
    expect(effects('--!-!hh')[6]).toBe('');
  });

  it('tells so too of one that has turned once meanwhile, and tells only once that it is busy', () => {
    expect(effects('--!-!-1-!h').slice(4)).toEqual([
      'peerIsBusy',
      'sendTick askPulse',
      '',
      'sendTick askPulse',
      '',
      'peerIsReady',
    ]);
    expect(effects('--!-!-1h')[7]).toBe('peerIsReady');
  });

  it('takes no notice of an answer that comes when the peer has been heard again', () => {
    expect(effects('--!-h!')[5]).toBe('');
    expect(effects('--!-h!--')).not.toContain('peerIsBusy');
  });

  const scripts = fc
    .array(fc.constantFrom('r', 's', 'b', '-', 'l', '!', '?', '1', 'x', 'h'), { maxLength: 60 })
    .map((letters) => letters.join(''));

  it('never declares a peer dead that was heard in four looks, or whose pulse has told of a block since the last', () => {
    fc.assert(
      fc.property(scripts, fc.boolean(), (script, hasPulse) => {
        effectsOf(script, { hasPulse }).forEach((effect, index) => {
          if (!effect.includes('peerIsDead')) return;
          const before = script.slice(0, index + 1);
          expect(before).toMatch(/([-s][^rbh]*){3}[-s]$/);
          if (hasPulse) expect(before).not.toMatch(/![-s]$/);
        });
      }),
    );
  });

  it('declares a peer dead whose pulse answers no more, whatever was before', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        expect(effects(`${script}-x-x-x-x-`)).toContain('peerIsDead');
      }),
    );
  });

  it('tells of busy and ready in turns', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const told = effects(script)
          .flatMap((some) => some.split(' '))
          .filter((effect) => effect === 'peerIsBusy' || effect === 'peerIsReady');
        expect(told.filter((effect, index) => effect === told[index - 1])).toStrictEqual([]);
        expect(told[0]).not.toBe('peerIsReady');
      }),
    );
  });
});
