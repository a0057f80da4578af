import type { Pid } from '../../terms/pid';
import type { LocalProcess } from '../../process/local-process';
import type { RegistryEntry } from './registry-keys';

/** A process with entries in a registry. */
interface Owner<Key, Value> {
  readonly process: LocalProcess;
  readonly entries: Set<RegistryEntry<Key, Value>>;
  /** Whether the registry has linked it to itself. */
  readonly linked: boolean;
  readonly ended: () => void;
}

/**
 * Who has entries in a registry. While a process has one it is linked to the registry, as in Elixir: a registry that
 * is lost takes those along that rely on it. The entries of a process that ends are gone before anybody hears of it.
 */
export class RegistryOwners<Key, Value> {
  private readonly owners = new Map<Pid, Owner<Key, Value>>();

  /**
   * @param registry the process of the registry
   * @param dropped hears of each entry whose process has ended
   */
  constructor(
    private readonly registry: LocalProcess,
    private readonly dropped: (entry: RegistryEntry<Key, Value>) => void,
  ) {}

  add(process: LocalProcess, entry: RegistryEntry<Key, Value>): void {
    const owner = this.owners.get(process.pid) ?? this.admit(process);
    owner.entries.add(entry);
  }

  remove(entry: RegistryEntry<Key, Value>): void {
    const owner = this.owners.get(entry.pid);
    if (owner?.entries.delete(entry) !== true || owner.entries.size > 0) return;
    this.owners.delete(entry.pid);
    owner.process.offEnd(owner.ended);
    if (!owner.linked) return;
    owner.process.removeLink(this.registry.pid);
    this.registry.removeLink(entry.pid);
  }

  /** The entries of a process, in the order they came. */
  entriesOf(pid: Pid): RegistryEntry<Key, Value>[] {
    return [...(this.owners.get(pid)?.entries ?? [])];
  }

  /** Those of a key: a process has few keys, while a key may have many processes. */
  entriesUnder(key: Key, pid: Pid): RegistryEntry<Key, Value>[] {
    return this.entriesOf(pid).filter((entry) => entry.key === key || Object.is(entry.key, key));
  }

  /** Listens to nobody any more; the links go with the process of the registry. */
  close(): void {
    for (const { process, ended } of this.owners.values()) process.offEnd(ended);
    this.owners.clear();
  }

  private admit(process: LocalProcess): Owner<Key, Value> {
    const { registry } = this;
    const owner: Owner<Key, Value> = {
      process,
      entries: new Set(),
      linked: !process.hasLink(registry.pid),
      ended: () => {
        this.owners.delete(process.pid);
        owner.entries.forEach(this.dropped);
      },
    };
    if (owner.linked) {
      process.addLink(registry.pid);
      registry.addLink(process.pid);
    }
    process.onEnd(owner.ended);
    this.owners.set(process.pid, owner);
    return owner;
  }
}
