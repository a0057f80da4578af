import {
  DynamicSupervisor,
  startDynamicSupervisor,
  startSupervisor,
  stopServer,
  Supervisor,
  sys,
  type ChildOptions,
  type Node,
  type ServerPid,
  type SupervisorOptions,
} from '@trestle/runtime';
import { settle, startTestNode } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';
import { crash, failureOf, kid, type Diary, type Habits } from '../runtime/behaviours/family';

let node: Node;
let clock: VirtualClock;
let diary: Diary;
beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
  diary = [];
});

const child = (id: string, options: ChildOptions & Partial<Habits> = {}) => kid(diary, id, options);
const infosOf = async (pid: ServerPid<Supervisor>) =>
  (await Supervisor.whichChildren(node, pid)).map((info) => [info.id, info.pid]);

async function change(pid: ServerPid<Supervisor>, options: SupervisorOptions): Promise<void> {
  await sys.suspend(node, pid);
  try {
    await sys.changeCode(node, pid, Supervisor, { extra: options });
  } finally {
    await sys.resume(node, pid);
  }
}

/** What the children did from now on, when all has settled. */
async function after(step: () => unknown): Promise<string> {
  diary.length = 0;
  await step();
  await settle();
  return diary.join(' ');
}

describe('a supervisor whose code is changed', () => {
  it('keeps its processes: nothing is started or stopped', async () => {
    const options: SupervisorOptions = { strategy: 'oneForOne', children: [child('a'), child('b')] };
    const pid = await startSupervisor(node, options);
    const before = await infosOf(pid);
    expect(await after(() => change(pid, options))).toBe('');
    expect(await infosOf(pid)).toEqual(before);
    expect(await after(() => crash(node, 'a'))).toBe('-a +a');
  });

  it('keeps them by their new specs from then on', async () => {
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [child('a')] });
    await change(pid, {
      strategy: 'oneForOne',
      children: [child('a', { restart: 'temporary', shutdownMs: 7 })],
    });
    expect(await Supervisor.getChildSpec(node, pid, 'a')).toMatchObject({
      restart: 'temporary',
      shutdownMs: 7,
    });
    expect(await after(() => crash(node, 'a'))).toBe('-a');
    expect(await infosOf(pid)).toStrictEqual([]);
  });

  it('has its new strategy from then on', async () => {
    const children = [child('a'), child('b')];
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children });
    await change(pid, { strategy: 'oneForAll', children });
    expect(await after(() => crash(node, 'a'))).toBe('-a -b +a +b');
  });

  it('does not start a child that is new: that is asked for', async () => {
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [child('a')] });
    await change(pid, { strategy: 'oneForOne', children: [child('new'), child('a')] });
    expect(await infosOf(pid)).toStrictEqual([
      ['new', undefined],
      ['a', node.whereis('a')],
    ]);
    expect(await Supervisor.restartChild(node, pid, 'new')).toBe(node.whereis('new'));
  });

  it('keeps a child that has no new spec, behind the others', async () => {
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [child('a'), child('b')] });
    await change(pid, { strategy: 'oneForOne', children: [child('b')] });
    expect((await infosOf(pid)).map(([id]) => id)).toEqual(['b', 'a']);
    expect(await after(() => stopServer(node, pid))).toBe('-a -b');
  });

  it('remembers its restarts, and measures them by its new intensity', async () => {
    const options = { strategy: 'oneForOne', children: [child('a')] } as const;
    const pid = await startSupervisor(node, options);
    await after(() => crash(node, 'a'));
    await change(pid, { ...options, intensity: { restarts: 1, withinMs: 1_000 } });
    await clock.advance(1_000);
    expect(await after(() => crash(node, 'a'))).toBe('-a');
    expect(node.isAlive(pid)).toBe(false);
  });

  it('is what it was if an option or a spec is wrong', async () => {
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [child('a')] });
    const before = await sys.getState(node, pid);
    const wrongs = [
      { strategy: 'none' },
      { strategy: 'oneForOne', children: [child('b'), { id: 'c' }] },
      { strategy: 'oneForOne', children: [child('b'), child('b')] },
      null,
    ];
    for (const wrong of wrongs) {
      const error = await failureOf(change(pid, wrong as never));
      expect(error).toMatchObject({ code: 'ERR_CODE_CHANGE', cause: { code: 'ERR_BAD_ARGUMENT' } });
    }
    expect(await sys.getState(node, pid)).toEqual(before);
    expect(await after(() => crash(node, 'a'))).toBe('-a +a');
  });
});

describe('a dynamic supervisor whose code is changed', () => {
  it('keeps its children, and bears another number of them', async () => {
    const pid = await startDynamicSupervisor(node, { maxChildren: 1 });
    await DynamicSupervisor.startChild(node, pid, child('a'));
    await sys.suspend(node, pid);
    const wrong = sys.changeCode(node, pid, DynamicSupervisor, { extra: { maxChildren: -1 } });
    expect(await failureOf(wrong)).toMatchObject({ code: 'ERR_CODE_CHANGE' });
    await sys.changeCode(node, pid, DynamicSupervisor, { extra: { maxChildren: 2 } });
    await sys.resume(node, pid);
    await DynamicSupervisor.startChild(node, pid, child('b'));
    expect(await failureOf(DynamicSupervisor.startChild(node, pid, child('c')))).toMatchObject({
      reason: 'maxChildren',
    });
    expect(diary).toEqual(['+a', '+b']);
  });
});
