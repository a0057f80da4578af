import type { LocalName } from '../../terms/address';
import { BadArgumentError, NameTakenError, NoProcessError } from '../../terms/errors';
import type { Pid } from '../../terms/pid';
import type { NameService } from '../../terms/via';
import type { LocalNode } from '../../node/local-node';
import type { LocalProcess } from '../../process/local-process';
import { DuplicateKeys, UniqueKeys, type KeyTable, type RegistryEntry } from './registry-keys';
import type { RegistryKeys } from './registry-options';
import { RegistryLocks } from './registry-locks';
import { RegistryOwners } from './registry-owners';

/** What a listener of a registry receives when a process has registered a key, or has given it up itself. */
export type RegistryMessage<Key = unknown, Value = unknown> =
  | {
      readonly type: 'register';
      readonly registry: string;
      readonly key: Key;
      readonly pid: Pid;
      readonly value: Value;
    }
  | { readonly type: 'unregister'; readonly registry: string; readonly key: Key; readonly pid: Pid };

/** How a registry is set up. */
export interface RegistrySetup {
  readonly name: string;
  readonly keys: RegistryKeys;
  readonly listeners: readonly (string | LocalName<unknown>)[];
}

/** What a registry knows, where every process of the node can read it. OTP: the ETS tables of a registry. */
export class RegistryTable<Key, Value> implements NameService<Key> {
  readonly name: string;
  readonly meta = new Map<unknown, unknown>();
  readonly entries: KeyTable<Key, Value>;
  readonly locks = new RegistryLocks();
  /** Whether the registry runs. */
  isOpen = true;
  private readonly owners: RegistryOwners<Key, Value>;

  constructor(
    private readonly setup: RegistrySetup,
    private readonly local: LocalNode,
    process: LocalProcess,
  ) {
    this.name = setup.name;
    this.entries = this.isUnique ? new UniqueKeys() : new DuplicateKeys();
    this.owners = new RegistryOwners(process, (entry) => {
      this.entries.remove(entry);
    });
  }

  get isUnique(): boolean {
    return this.setup.keys === 'unique';
  }

  /**
   * @throws NameTakenError if the keys are unique and a process has this one; UnsendableError if listeners cannot be told
   */
  register(process: LocalProcess, key: Key, value: Value): void {
    const [taken] = this.isUnique ? this.entries.lookup(key) : [];
    if (taken !== undefined) throw new NameTakenError(`register in '${this.name}'`, taken.pid);
    if (this.setup.listeners.length > 0) this.checkTold(key, value);
    const entry = Object.freeze({ key, pid: process.pid, value });
    this.owners.add(process, entry);
    this.entries.add(entry);
    this.tell({ type: 'register', registry: this.name, key, pid: process.pid, value });
  }

  /** Takes away what a process has registered under a key, or of that what passes. */
  unregister(pid: Pid, key: Key, passes: (entry: RegistryEntry<Key, Value>) => boolean = () => true): void {
    const all = this.owners.entriesUnder(key, pid);
    const gone = all.filter(passes);
    for (const entry of gone) {
      this.entries.remove(entry);
      this.owners.remove(entry);
    }
    // As in Elixir a process that keeps some entries of the key has not given it up.
    if (gone.length > 0 && gone.length === all.length) {
      this.tell({ type: 'unregister', registry: this.name, key, pid });
    }
  }

  /** Puts a value in the place of another. */
  replace(process: LocalProcess, old: RegistryEntry<Key, Value>, value: Value): void {
    const entry = Object.freeze({ ...old, value });
    this.owners.add(process, entry);
    this.owners.remove(old);
    this.entries.add(entry);
  }

  entriesOf(pid: Pid): RegistryEntry<Key, Value>[] {
    return this.owners.entriesOf(pid);
  }

  entriesUnder(key: Key, pid: Pid): RegistryEntry<Key, Value>[] {
    return this.owners.entriesUnder(key, pid);
  }

  /** What `call` is for unique keys only. */
  checkUnique(call: string): void {
    if (this.isUnique) return;
    throw new BadArgumentError({ call, expected: 'a registry with unique keys', got: this.name });
  }

  /** The registry has ended. */
  close(): void {
    this.isOpen = false;
    this.owners.close();
    this.locks.close(new NoProcessError(`lock in '${this.name}'`));
  }

  registerName(key: Key, pid: Pid, value?: unknown): Pid {
    this.checkUnique('via');
    const process = this.local.table.get(pid);
    if (process === undefined)
      throw new BadArgumentError({ call: 'via', expected: 'a living process of this node', got: pid });
    const owner = this.whereisName(key);
    if (owner === undefined) this.register(process, key, value as Value);
    return owner ?? pid;
  }

  unregisterName(key: Key): void {
    const pid = this.whereisName(key);
    if (pid !== undefined) this.unregister(pid, key);
  }

  whereisName(key: Key): Pid | undefined {
    this.checkUnique('via');
    return this.entries.lookup(key)[0]?.pid;
  }

  /** What listeners cannot be told of, where messages are copied, is refused before anything is registered. */
  private checkTold(key: Key, value: Value): void {
    const { isolation } = this.local;
    isolation.pass(key, 'key');
    isolation.pass(value, 'value');
  }

  private tell(message: RegistryMessage<Key, Value>): void {
    for (const listener of this.setup.listeners) this.local.router.send(listener, message, null, null);
  }
}
