import {
  childSpec,
  GenServer,
  ignore,
  localName,
  reply,
  stop,
  type Call,
  type CallResult,
  type ChildOptions,
  type ChildSpec,
  type InitResult,
  type LocalName,
  type Next,
  type Node,
} from '@trestle/runtime';

/** What the children of a test did, in order: `+a` when `a` has started, `-a` when its `terminate` was called. */
export type Diary = string[];

/** How a child of a test behaves. */
export interface Habits {
  readonly id: string;
  readonly diary: Diary;
  /** What its `init` does, each time it starts: the last one counts for all that follow. */
  readonly starts?: ('well' | 'fails' | 'ignores' | Promise<void>)[];
  /** What its `terminate` waits for. */
  readonly farewell?: () => Promise<void> | void;
  readonly trapsExits?: boolean;
}

/** A child that writes a diary, and ends when it is told to. */
export class Kid extends GenServer<
  Call<{ type: 'hello' }, string>,
  { type: 'crash' } | { type: 'stop'; reason: unknown },
  Habits
> {
  private habits!: Habits;

  override async init(habits: Habits): Promise<InitResult> {
    this.habits = habits;
    this.self.trapExit(habits.trapsExits ?? true);
    const { starts = ['well'], id, diary } = habits;
    const how = starts.length > 1 ? starts.shift() : starts[0];
    if (typeof how === 'object') await how;
    if (how === 'ignores') return ignore();
    if (how === 'fails') {
      diary.push(`!${id}`);
      return stop('cannot start');
    }
    diary.push(`+${id}`);
    return undefined;
  }

  override handleCall(request: Call<{ type: 'hello' }, string>): CallResult {
    return reply(request, this.habits.id);
  }

  override handleCast(request: { type: 'crash' } | { type: 'stop'; reason: unknown }): Next {
    if (request.type === 'crash') throw new Error(`${this.habits.id} crashed`);
    return stop(request.reason);
  }

  override async terminate(): Promise<void> {
    await this.habits.farewell?.();
    this.habits.diary.push(`-${this.habits.id}`);
  }
}

/** The name a child of a test is registered under. */
export function kidName(id: string): LocalName<Kid> {
  return localName<Kid>(id);
}

/** A child of a test, registered under its id. */
export function kid(diary: Diary, id: string, options: ChildOptions & Partial<Habits> = {}): ChildSpec {
  const { starts, farewell, trapsExits, ...kept } = options;
  const args: Habits = {
    id,
    diary,
    ...(starts === undefined ? {} : { starts }),
    ...(farewell === undefined ? {} : { farewell }),
    ...(trapsExits === undefined ? {} : { trapsExits }),
  };
  return childSpec(Kid, { id, args, name: kidName(id), ...kept });
}

/** Ends a child by an error. */
export function crash(node: Node, id: string): void {
  node.cast(kidName(id), { type: 'crash' });
}

/** Ends a child with a reason of its own. */
export function endWith(node: Node, id: string, reason: unknown): void {
  node.cast(kidName(id), { type: 'stop', reason });
}

/** What a promise that rejects rejects with. */
export async function failureOf<E = Error>(promise: Promise<unknown>): Promise<E> {
  try {
    await promise;
  } catch (error) {
    return error as E;
  }
  throw new Error('did not fail');
}
