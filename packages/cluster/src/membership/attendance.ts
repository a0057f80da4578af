import { isNodeName, isPid, type Call, type From, type NodeName, type Pid, type Ref } from '@trestle/runtime';

/** What membership processes tell each other where nodes enter: whether the node of one has, and whether it wants to be told. */
export interface Presence {
  readonly from: NodeName;
  readonly hasEntered: boolean;
  readonly wantsAnswer: boolean;
}

/**
 * What a process of the same node asks: to be told when all have answered that were asked, or when its node has entered
 * and the others know; to have its node enter, for as long as a process lives; or be a member no more.
 */
export type AttendanceRequest =
  | Call<{ readonly type: 'heard' | 'entered' | 'leave' }, 'ok'>
  | Call<{ readonly type: 'enter'; readonly pid: Pid }, 'ok'>;

/** What attendance needs of its process. */
export interface AttendanceHost {
  readonly node: NodeName;
  /** Watches the membership process of another node: it is down at once if there is none. */
  watch(node: NodeName): Ref;
  unwatch(ref: Ref): void;
  tell(node: NodeName, presence: Presence): void;
  /** All nodes, hidden ones too: whoever has no such process drops what it is told. */
  everybody(): readonly NodeName[];
  /** Calls `Attendance.hurry` after a while. */
  hurrySoon(): void;
}

interface Other {
  readonly ref: Ref;
  hasEntered: boolean;
}

/**
 * Which nodes have entered. A node that is there is no member by that: a process of it must have said so, and live. Each
 * node tells all others when it enters, and when it does so no more; those that meet ask each other.
 */
export class Attendance {
  private readonly others = new Map<NodeName, Other>();
  /** Who was asked, or told, and may answer any moment. */
  private readonly awaited = new Set<NodeName>();
  private waiting: { readonly from: From; readonly untilEntered: boolean }[] = [];
  private entered: { readonly pid: Pid; readonly ref: Ref } | null = null;

  constructor(private readonly host: AttendanceHost) {}

  has(node: NodeName): boolean {
    return node === this.host.node ? this.entered !== null : this.others.get(node)?.hasEntered === true;
  }

  /** A node is there. */
  meet(node: NodeName): void {
    this.awaited.add(node);
    if (!this.others.has(node)) this.others.set(node, { ref: this.host.watch(node), hasEntered: false });
    this.tell(node, true);
    this.host.hurrySoon();
  }

  /** A node is gone. */
  lose(node: NodeName): void {
    const other = this.others.get(node);
    if (other !== undefined) this.host.unwatch(other.ref);
    this.others.delete(node);
    this.awaited.delete(node);
  }

  hear({ from, hasEntered, wantsAnswer }: Presence): void {
    const other = this.others.get(from);
    if (other === undefined) this.others.set(from, { ref: this.host.watch(from), hasEntered });
    else other.hasEntered = hasEntered;
    if (wantsAnswer) this.tell(from, false);
    this.awaited.delete(from);
  }

  /** A process that was watched is down. @returns whether it was one of these */
  down(ref: Ref): boolean {
    if (this.entered?.ref === ref) {
      this.entered = null;
      for (const node of this.host.everybody()) this.tell(node, false);
      return true;
    }
    for (const [node, other] of this.others) {
      if (other.ref !== ref) continue;
      this.others.delete(node);
      this.awaited.delete(node);
      return true;
    }
    return false;
  }

  /** This node is a member from now on. @param ref that of a monitor of the process by which it is */
  enter(pid: Pid, ref: Ref): void {
    if (this.entered !== null) this.host.unwatch(this.entered.ref);
    this.entered = { pid, ref };
    this.tellEverybody();
  }

  /** This node is no member from now on, though the process lives by which it was one. */
  leave(): void {
    if (this.entered === null) return;
    this.host.unwatch(this.entered.ref);
    this.entered = null;
    this.tellEverybody();
  }

  /** Answers when nobody is waited for any more, and what was asked for is so. */
  answer(from: From, asked: AttendanceRequest['type']): void {
    this.waiting.push({ from, untilEntered: asked === 'enter' || asked === 'entered' });
    this.settle();
  }

  /** Answers those who have waited for what is so now: the members are published by then. */
  settle(): void {
    if (this.awaited.size > 0) return;
    for (const one of this.waiting.splice(0)) {
      if (one.untilEntered && this.entered === null) this.waiting.push(one);
      else one.from.reply('ok');
    }
  }

  /** Whoever has not answered until now is not waited for. */
  hurry(): void {
    this.awaited.clear();
  }

  private tellEverybody(): void {
    for (const node of this.host.everybody()) this.tell(node, this.others.has(node));
    for (const node of this.others.keys()) this.awaited.add(node);
    this.host.hurrySoon();
  }

  private tell(node: NodeName, wantsAnswer: boolean): void {
    this.host.tell(node, { from: this.host.node, hasEntered: this.entered !== null, wantsAnswer });
  }
}

export function isAttendanceCall(request: unknown): request is AttendanceRequest {
  const { type, pid } = (request ?? {}) as { readonly type?: unknown; readonly pid?: unknown };
  return type === 'heard' || type === 'entered' || type === 'leave' || (type === 'enter' && isPid(pid));
}

/** Tells whether a message is one: what arrives may have been sent by anybody. */
export function isPresence(message: unknown): message is Presence {
  const { from, hasEntered, wantsAnswer } = (message ?? {}) as Partial<Record<keyof Presence, unknown>>;
  return isNodeName(from) && typeof hasEntered === 'boolean' && typeof wantsAnswer === 'boolean';
}
