import type { From, NodeName, Pid, Ref } from '@trestle/runtime';
import {
  Attendance,
  type AttendanceHost,
  type Presence,
} from '../../../packages/cluster/src/membership/attendance';

const [a, b, c] = ['a@h', 'b@h', 'c@h'] as const;
const [one, two] = ['<a@h/1.0/1>' as Pid, '<a@h/2.0/1>' as Pid];

let nodes: NodeName[];
/** What the others were told, a line each. */
let told: string[];
/** Whose membership processes are watched, by their references. */
let watched: Map<Ref, NodeName>;
let hurries: number;
let attendance: Attendance;

beforeEach(() => {
  [nodes, told, watched, hurries] = [[], [], new Map(), 0];
  let refs = 0;
  const host: AttendanceHost = {
    node: a,
    watch: (node) => {
      const ref = `ref ${refs++}` as Ref;
      watched.set(ref, node);
      return ref;
    },
    unwatch: (ref) => void watched.delete(ref),
    tell: (node, { hasEntered, wantsAnswer }) =>
      told.push(`${node}: ${hasEntered ? 'in' : 'out'}${wantsAnswer ? ', and you?' : ''}`),
    everybody: () => nodes,
    hurrySoon: () => void (hurries += 1),
  };
  attendance = new Attendance(host);
});

function meet(...others: NodeName[]): void {
  for (const node of others) {
    nodes.push(node);
    attendance.meet(node);
  }
}

function hear(from: NodeName, hasEntered: boolean, wantsAnswer = false): void {
  attendance.hear({ from, hasEntered, wantsAnswer } satisfies Presence);
  attendance.settle();
}

const refOf = (node: NodeName): Ref => [...watched].find(([, name]) => name === node)![0];

/** Whether somebody who waits for it has been answered. */
function waitFor(asked: 'heard' | 'entered' | 'enter' | 'leave'): { answered: boolean } {
  const state = { answered: false };
  const from = { reply: () => void (state.answered = true) };
  attendance.answer(from as unknown as From, asked);
  return state;
}

/** A process of this node makes it a member. */
function enter(pid: Pid): Ref {
  const ref = `monitor of ${pid}` as Ref;
  watched.set(ref, a);
  attendance.enter(pid, ref);
  return ref;
}

describe('attendance', () => {
  it('asks who is met, and waits for the answers', () => {
    meet(b, c);
    expect(told).toEqual([`${b}: out, and you?`, `${c}: out, and you?`]);
    const heard = waitFor('heard');
    hear(b, true);
    expect([heard.answered, attendance.has(b), attendance.has(c)]).toEqual([false, true, false]);
    hear(c, false);
    expect([heard.answered, attendance.has(c)]).toEqual([true, false]);
  });

  it('answers who asks, and nobody else', () => {
    meet(b);
    told.length = 0;
    hear(b, false);
    expect(told).toStrictEqual([]);
    hear(b, true, true);
    expect(told).toEqual([`${b}: out`]);
  });

  it('waits for none that is lost, has no such process, or does not answer for long', () => {
    for (const passes of [
      () => attendance.lose(b),
      () => attendance.down(refOf(b)),
      () => attendance.hurry(),
    ] as const) {
      meet(b);
      const heard = waitFor('heard');
      expect(heard.answered).toBe(false);
      passes();
      attendance.settle();
      expect(heard.answered).toBe(true);
    }
    expect(hurries).toBe(3);
  });

  it('watches each of the others once, and none that is lost', () => {
    meet(b);
    attendance.meet(b);
    hear(c, true);
    expect([...watched.values()]).toEqual([b, c]);
    attendance.lose(b);
    expect([...watched.values()]).toEqual([c]);
  });

  it('takes a node for out whose process is down, and knows no other reference', () => {
    meet(b);
    hear(b, true);
    expect(attendance.down('another' as Ref)).toBe(false);
    expect(attendance.has(b)).toBe(true);
    expect(attendance.down(refOf(b))).toBe(true);
    expect(attendance.has(b)).toBe(false);
  });

  it('tells everybody when this node enters, and answers then whoever waited for that', () => {
    meet(b);
    hear(b, false);
    told.length = 0;
    const entered = waitFor('entered');
    expect(entered.answered).toBe(false);
    enter(one);
    const done = waitFor('enter');
    expect([told, attendance.has(a)]).toEqual([[`${b}: in, and you?`], true]);
    expect([entered.answered, done.answered]).toEqual([false, false]);
    hear(b, true);
    expect([entered.answered, done.answered]).toEqual([true, true]);
  });

  it('lets this node be in by the process that came last, and forgets the one before', () => {
    const first = enter(one);
    const second = enter(two);
    expect([...watched.keys()]).toEqual([second]);
    expect(attendance.down(first)).toBe(false);
    expect(attendance.has(a)).toBe(true);
  });

  it('tells everybody when the process is down by which this node was in', () => {
    meet(b);
    hear(b, true);
    const ref = enter(one);
    told.length = 0;
    expect(attendance.down(ref)).toBe(true);
    expect([told, attendance.has(a)]).toEqual([[`${b}: out`], false]);
  });

  it('tells everybody when this node leaves, watches the process no more, and does so once', () => {
    meet(b);
    hear(b, true);
    const ref = enter(one);
    told.length = 0;
    attendance.leave();
    attendance.leave();
    expect([told, attendance.has(a), watched.has(ref)]).toEqual([[`${b}: out, and you?`], false, false]);
    const left = waitFor('leave');
    expect(left.answered).toBe(false);
    hear(b, true);
    expect(left.answered).toBe(true);
  });
});
