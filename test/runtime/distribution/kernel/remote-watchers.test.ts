import type { Pid } from '../../../../packages/runtime/src/terms/pid';
import type { Ref } from '../../../../packages/runtime/src/terms/ref';
import type { ControlSignal } from '../../../../packages/runtime/src/terms/signal';
import { RemoteWatchers } from '../../../../packages/runtime/src/distribution/kernel/remote-watchers';

const here = '<a@h/1/x>' as Pid;
const there = '<b@h/1/x>' as Pid;
const ref = '#Ref<a@h/1/x>' as Ref;
const kv = { name: 'kv', node: 'a@h' };

const pidOf = (address: unknown): Pid | undefined =>
  address === here || (address as { name?: string }).name === 'kv' ? here : undefined;

/** What is left to tell after signals that were sent (`>`) and received (`<`). */
function lostAfter(...passing: ['>' | '<', ControlSignal][]): ControlSignal[] {
  const watchers = new RemoteWatchers(pidOf);
  for (const [direction, signal] of passing) {
    if (direction === '>') watchers.sent(signal);
    else watchers.received(signal);
  }
  return watchers.lost(true);
}

const noconnection: ControlSignal = { kind: 'linkExit', from: there, to: here, reason: 'noconnection' };

describe('the watchers across a connection', () => {
  it('are told of nothing when nothing has passed by', () => {
    expect(lostAfter()).toStrictEqual([]);
  });

  it.each<[string, ['>' | '<', ControlSignal][]]>([
    ['made here', [['>', { kind: 'link', from: here, to: there }]]],
    ['made there', [['<', { kind: 'link', from: there, to: here }]]],
    [
      'made on both sides',
      [
        ['>', { kind: 'link', from: here, to: there }],
        ['<', { kind: 'link', from: there, to: here }],
      ],
    ],
  ])('are told once of a lost link that was %s', (_where, passing) => {
    expect(lostAfter(...passing)).toEqual([noconnection]);
  });

  it.each<['>' | '<', ControlSignal]>([
    ['>', { kind: 'unlink', from: here, to: there }],
    ['<', { kind: 'unlink', from: there, to: here }],
    ['>', { kind: 'linkExit', from: here, to: there, reason: 'normal' }],
    ['<', { kind: 'linkExit', from: there, to: here, reason: 'noproc' }],
  ])('are not told of a link that was taken away (%s %j)', (direction, signal) => {
    expect(lostAfter(['>', { kind: 'link', from: here, to: there }], [direction, signal])).toStrictEqual([]);
  });

  it('get a DOWN of the target they monitored, by pid or by name', () => {
    const target = { name: 'kv', node: 'b@h' };
    expect(lostAfter(['>', { kind: 'monitor', ref, from: here, to: target }])).toEqual([
      { kind: 'down', ref, to: here, pid: target, reason: 'noconnection' },
    ]);
  });

  it('get no DOWN of a monitor that was taken away or has fired', () => {
    const monitor: ControlSignal = { kind: 'monitor', ref, from: here, to: there };
    expect(lostAfter(['>', monitor], ['>', { kind: 'demonitor', ref, from: here, to: there }])).toStrictEqual(
      [],
    );
    expect(
      lostAfter(['>', monitor], ['<', { kind: 'down', ref, to: here, pid: there, reason: 'x' }]),
    ).toStrictEqual([]);
  });

  it('are forgotten by the process they monitored, by its pid', () => {
    expect(lostAfter(['<', { kind: 'monitor', ref, from: there, to: kv }])).toEqual([
      { kind: 'demonitor', ref, from: there, to: here },
    ]);
  });

  it('are not forgotten twice, when the monitor is gone', () => {
    const monitor: ControlSignal = { kind: 'monitor', ref, from: there, to: here };
    expect(lostAfter(['<', monitor], ['<', { kind: 'demonitor', ref, from: there, to: here }])).toStrictEqual(
      [],
    );
    expect(
      lostAfter(['<', monitor], ['>', { kind: 'down', ref, to: there, pid: here, reason: 'x' }]),
    ).toStrictEqual([]);
  });

  it('leave no trace when what they monitor does not exist', () => {
    const nobody = { name: 'nobody', node: 'a@h' };
    expect(lostAfter(['<', { kind: 'monitor', ref, from: there, to: nobody }])).toStrictEqual([]);
  });

  it('take a monitor by name from the process that had the name, whoever has it now', () => {
    let owner = here;
    const watchers = new RemoteWatchers(() => owner);
    watchers.received({ kind: 'monitor', ref, from: there, to: kv });
    owner = '<a@h/2/x>' as Pid;
    expect(watchers.received({ kind: 'demonitor', ref, from: there, to: kv })).toMatchObject({ to: here });
  });

  it('hear nothing of links that are older than an unlink which the other node has not answered', () => {
    const watchers = new RemoteWatchers(pidOf);
    const link: ControlSignal = { kind: 'link', from: there, to: here };
    const unlink: ControlSignal = { kind: 'unlink', from: there, to: here };
    for (let i = 0; i < 2; i += 1) watchers.sent({ kind: 'unlink', from: here, to: there });
    // Each unlink is answered by one, and the answers are for nobody.
    expect([watchers.received(link), watchers.received(unlink)]).toEqual([null, null]);
    expect([watchers.received(link), watchers.received(unlink)]).toEqual([null, null]);
    expect([watchers.received(link), watchers.received(unlink)]).toEqual([link, unlink]);
  });

  it('hear of every link of a new connection, whatever was not answered on the old one', () => {
    const watchers = new RemoteWatchers(pidOf);
    watchers.sent({ kind: 'unlink', from: here, to: there });
    watchers.lost(true);
    const link: ControlSignal = { kind: 'link', from: there, to: here };
    expect(watchers.received(link)).toBe(link);
  });

  const started = { kind: 'spawnReply', ref, link: true, monitor: true, problem: null } as const;

  it('watch a process that was started for them over there from its first moment on, by one answer', () => {
    const watchers = new RemoteWatchers(pidOf);
    const code = { module: 'M', fn: 'f' };
    watchers.sent({
      ...{ kind: 'spawnRequest', ref, from: here, to: { name: '<node>', node: 'b@h' }, code },
      ...{ args: [], link: true, monitor: true, options: {} },
    });
    const answer: ControlSignal = { ...started, to: here, pid: there };
    expect([watchers.received(answer), watchers.received(answer)]).toEqual([answer, null]);
    expect(watchers.lost(true)).toEqual([
      noconnection,
      { kind: 'down', ref, to: here, pid: there, reason: 'noconnection' },
    ]);
  });

  it('over there watch a process that was started for them here', () => {
    expect(lostAfter(['>', { ...started, to: there, pid: here }])).toEqual([
      noconnection,
      { kind: 'demonitor', ref, from: there, to: here },
    ]);
    expect(lostAfter(['>', { ...started, to: there, pid: null }])).toStrictEqual([]);
  });

  it('are told once only', () => {
    const watchers = new RemoteWatchers(pidOf);
    watchers.sent({ kind: 'link', from: here, to: there });
    watchers.lost(true);
    expect(watchers.lost(true)).toStrictEqual([]);
  });
});
