import { inspect, type InspectOptionsStylized } from '#platform/inspect';
import { plainName, type LocalName } from '../../terms/address';
import { BadArgumentError } from '../../terms/errors';
import { checkFunction } from '../../terms/executable';
import { isPid, type Pid } from '../../terms/pid';
import { inspected } from '../../terms/inspected';
import type { NameService } from '../../terms/via';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import type { LocalNode } from '../../node/local-node';
import type { AnySelf, Node } from '../../node/node';
import type { LocalProcess } from '../../process/local-process';
import type { RegistryEntry } from './registry-keys';
import type { RegistryServer } from './registry-server';
import { RegistryTable } from './registry-table';

/** The value that goes with a key: it can be left out where it may be `undefined`. */
type ValueArgument<Value> = undefined extends Value ? [value?: Value] : [value: Value];

/**
 * A registry, as those who use it see it: keys of processes of this node, each with a value. A process registers keys
 * of its own; when it ends its keys are gone before anybody hears of its end. A process with keys is linked to the
 * registry. Keys are the same if a Map takes them for the same. Nothing here waits, and nothing sends a message to the
 * registry: what one process has registered the next one finds. OTP: Elixir's `Registry`.
 */
export class Registry<Key = unknown, Value = unknown> implements NameService<Key> {
  readonly name: string;
  private readonly local: LocalNode;
  private known: RegistryTable<Key, Value> | null = null;

  /**
   * @param on a process or a node; the registry is one of that node
   * @param name the name it was started with; it may be started later, and again
   */
  constructor(on: Node | AnySelf, name: string | LocalName<RegistryServer<Key, Value>>) {
    this.name = plainName('Registry', name);
    this.local = BaseVerbs.launcherOf('Registry', on, false).local;
  }

  /** For prompts and logs. */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    return inspected('Registry', { name: this.name, pid: this.pid }, depth, options);
  }

  /** The process of the registry; `undefined` while it does not run. */
  get pid(): Pid | undefined {
    return this.local.registry.get(this.name)?.pid;
  }

  /**
   * Registers a key for the process that calls. OTP: `Registry.register/3`.
   * @param self the process that calls
   * @throws NameTakenError if keys are unique and a process has this one, this process included
   * @throws BadArgumentError if the registry does not run, or `self` is no process of its node
   * @throws UnsendableError if it has listeners, messages are copied (`messageIsolation`) and this cannot be
   */
  register(self: AnySelf, key: Key, ...value: ValueArgument<Value>): void {
    this.table('register').register(this.callerOf('register', self), key, value[0] as Value);
  }

  /**
   * Gives up what this process has registered under a key; nothing, perhaps. OTP: `Registry.unregister/2`.
   * @throws BadArgumentError if the registry does not run, or `self` is no process of its node
   */
  unregister(self: AnySelf, key: Key): void {
    this.table('unregister').unregister(this.callerOf('unregister', self).pid, key);
  }

  /**
   * Gives up, of what this process has registered under a key, what passes. OTP: `Registry.unregister_match/4`.
   * @throws BadArgumentError as `unregister`, or if `where` is no function; whatever `where` throws
   */
  unregisterMatch(self: AnySelf, key: Key, where: (value: Value) => boolean): void {
    checkFunction('unregisterMatch', where);
    const { pid } = this.callerOf('unregisterMatch', self);
    this.table('unregisterMatch').unregister(pid, key, ({ value }) => where(value));
  }

  /**
   * The entries of a key, in the order they came; of a unique key one at most. OTP: `Registry.lookup/2`.
   * @throws BadArgumentError if the registry does not run, as all that looks into it does
   */
  lookup(key: Key): readonly RegistryEntry<Key, Value>[] {
    return this.table('lookup').entries.lookup(key);
  }

  /**
   * The entries of a key whose values pass. OTP: `Registry.match/4`.
   * @throws BadArgumentError if `where` is no function, or the registry does not run; whatever `where` throws
   */
  match(key: Key, where: (value: Value) => boolean): RegistryEntry<Key, Value>[] {
    checkFunction('match', where);
    return this.lookup(key).filter(({ value }) => where(value));
  }

  /** How many entries of a key have values that pass. OTP: `Registry.count_match/4`. */
  countMatch(key: Key, where: (value: Value) => boolean): number {
    return this.match(key, where).length;
  }

  /**
   * The entries of all keys that pass; all entries without `where`. OTP: `Registry.select/2`.
   * @throws BadArgumentError if `where` is no function, or the registry does not run; whatever `where` throws
   */
  select(where: (entry: RegistryEntry<Key, Value>) => boolean = () => true): RegistryEntry<Key, Value>[] {
    checkFunction('select', where);
    return [...this.table('select').entries.all()].filter((entry) => where(entry));
  }

  /** How many entries of all keys pass. OTP: `Registry.count_select/2`. */
  countSelect(where: (entry: RegistryEntry<Key, Value>) => boolean): number {
    return this.select(where).length;
  }

  /** How many entries there are. OTP: `Registry.count/1`. */
  count(): number {
    return this.table('count').entries.size;
  }

  /** The keys of a process, in the order it registered them, as often as it did. OTP: `Registry.keys/2`. */
  keys(pid: Pid): Key[] {
    return this.entriesOf('keys', pid).map(({ key }) => key);
  }

  /**
   * The values a process has registered under a key. OTP: `Registry.values/3`.
   * @throws BadArgumentError if it is no pid, or the registry does not run
   */
  values(key: Key, pid: Pid): Value[] {
    checkPid('values', pid);
    return this.table('values')
      .entriesUnder(key, pid)
      .map(({ value }) => value);
  }

  /**
   * Replaces the value of a unique key of this process. OTP: `Registry.update_value/3`.
   * @returns the new value and the one before; `undefined` if the key is not this process's
   * @throws BadArgumentError if keys are not unique
   */
  updateValue(
    self: AnySelf,
    key: Key,
    change: (value: Value) => Value,
  ): { readonly value: Value; readonly before: Value } | undefined {
    checkFunction('updateValue', change);
    const process = this.callerOf('updateValue', self);
    const table = this.table('updateValue');
    table.checkUnique('updateValue');
    const [entry] = table.entries.lookup(key);
    if (entry?.pid !== process.pid) return undefined;
    const value = change(entry.value);
    // The function may have given the key up, or changed it.
    const [current] = table.entries.lookup(key);
    if (current?.pid !== process.pid) return undefined;
    table.replace(process, current, value);
    return { value, before: entry.value };
  }

  /**
   * Calls a function, here and now, with the entries of a key, unless there are none. OTP: `Registry.dispatch/3`.
   * @throws whatever the function throws
   */
  dispatch(key: Key, call: (entries: readonly RegistryEntry<Key, Value>[]) => void): void {
    checkFunction('dispatch', call);
    const entries = this.lookup(key);
    if (entries.length > 0) call(entries);
  }

  /**
   * Executes a function, in the caller, while nobody else executes one under the same lock key; the others wait, in
   * order. The keys of locks have nothing to do with those of entries. Locks may be nested, under different keys: who
   * waits for a lock that it has waits for ever. OTP: `Registry.lock/3`.
   * @param on the process that executes it, at whose end the lock is given back; or the node
   * @returns what the function returns
   * @throws whatever the function throws; NoProcessError if the registry ends before its turn
   */
  async lock<Result>(
    on: Node | AnySelf,
    key: unknown,
    fn: () => Result | Promise<Result>,
  ): Promise<Awaited<Result>> {
    checkFunction('lock', fn);
    const { local, starter } = BaseVerbs.launcherOf('lock', on, false);
    if (local !== this.local)
      throw new BadArgumentError({
        call: 'lock',
        expected: 'the node of the registry, or its process',
        got: on,
      });
    const giveBack = await this.table('lock').locks.acquire(key, starter);
    try {
      return await fn();
    } finally {
      giveBack();
    }
  }

  /** What is kept about the registry itself; `undefined` if nothing is. OTP: `Registry.meta/2`. */
  meta(key: unknown): unknown {
    return this.table('meta').meta.get(key);
  }

  /** Keeps something about the registry itself. OTP: `Registry.put_meta/3`. */
  putMeta(key: unknown, value: unknown): void {
    this.table('putMeta').meta.set(key, value);
  }

  /** Forgets something about the registry itself. OTP: `Registry.delete_meta/2`. */
  deleteMeta(key: unknown): void {
    this.table('deleteMeta').meta.delete(key);
  }

  /** For `via`: registers a unique key for another process of this node. */
  registerName(key: Key, pid: Pid, value?: unknown): Pid {
    return this.table('via').registerName(key, pid, value);
  }

  /** For `via`. */
  unregisterName(key: Key): void {
    this.running()?.unregisterName(key);
  }

  /** For `via`: the process of a unique key; `undefined` too while the registry does not run. */
  whereisName(key: Key): Pid | undefined {
    return this.running()?.whereisName(key);
  }

  /** @throws BadArgumentError if the registry does not run */
  private table(call: string): RegistryTable<Key, Value> {
    const table = this.running();
    if (table === null)
      throw new BadArgumentError({ call, expected: 'a registry that runs', got: this.name });
    return table;
  }

  /** Kept, because a look for the registry takes as long as one into it. */
  private running(): RegistryTable<Key, Value> | null {
    if (this.known?.isOpen === true) return this.known;
    const service = this.local.services.get(this.name);
    return (this.known = service instanceof RegistryTable ? (service as RegistryTable<Key, Value>) : null);
  }

  private entriesOf(call: string, pid: Pid): RegistryEntry<Key, Value>[] {
    checkPid(call, pid);
    return this.table(call).entriesOf(pid);
  }

  private callerOf(call: string, self: AnySelf): LocalProcess {
    const { local, starter } = BaseVerbs.launcherOf(call, self, false);
    if (starter === null || local !== this.local)
      throw new BadArgumentError({ call, expected: 'a process of the node of the registry', got: self });
    return starter;
  }
}

function checkPid(call: string, pid: unknown): void {
  if (!isPid(pid)) throw new BadArgumentError({ call, expected: 'a pid', got: pid });
}
