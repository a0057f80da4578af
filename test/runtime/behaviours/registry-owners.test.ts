import { RegistryOwners } from '../../../packages/runtime/src/behaviours/registry/registry-owners';
import type { RegistryEntry } from '../../../packages/runtime/src/behaviours/registry/registry-keys';
import type { EndListener } from '../../../packages/runtime/src/process/relations';
import type { LocalProcess } from '../../../packages/runtime/src/process/local-process';
import type { Pid } from '../../../packages/runtime/src/terms/pid';

/** What the registry needs of a process. */
class FakeProcess {
  readonly listeners = new Set<EndListener>();
  readonly linked = new Set<Pid>();
  readonly pid: Pid;

  constructor(name: string) {
    this.pid = `<${name}>` as Pid;
  }
  hasLink(pid: Pid): boolean {
    return this.linked.has(pid);
  }
  addLink(pid: Pid): void {
    this.linked.add(pid);
  }
  removeLink(pid: Pid): boolean {
    return this.linked.delete(pid);
  }
  onEnd(listener: EndListener): void {
    this.listeners.add(listener);
  }
  offEnd(listener: EndListener): void {
    this.listeners.delete(listener);
  }
  get process(): LocalProcess {
    return this as unknown as LocalProcess;
  }
}

describe('those who have entries in a registry', () => {
  const registry = new FakeProcess('registry');
  let owner: FakeProcess;
  let dropped: unknown[];
  let owners: RegistryOwners<string, number>;
  const entry = (key: string): RegistryEntry<string, number> => ({ key, pid: owner.pid, value: 1 });

  beforeEach(() => {
    owner = new FakeProcess('owner');
    dropped = [];
    owners = new RegistryOwners(registry.process, ({ key }) => void dropped.push(key));
  });

  it('are linked to it and listened to as long as they have one, and no trace is left after the last', () => {
    const [a, b] = [entry('a'), entry('b')];
    for (let i = 0; i < 3; i++) {
      owners.add(owner.process, a);
      owners.add(owner.process, b);
      owners.remove(a);
      expect([owner.listeners.size, owner.linked.size, registry.linked.size]).toEqual([1, 1, 1]);
      owners.remove(b);
      owners.remove(b);
      expect([owner.listeners.size, owner.linked.size, registry.linked.size]).toEqual([0, 0, 0]);
    }
  });

  it('keep a link of their own making', () => {
    owner.addLink(registry.pid);
    const a = entry('a');
    owners.add(owner.process, a);
    owners.remove(a);
    expect(owner.hasLink(registry.pid)).toBe(true);
  });

  it('lose all of their entries when they end, in the order they came', () => {
    for (const key of ['a', 'b', 'c']) owners.add(owner.process, entry(key));
    for (const listener of owner.listeners) listener('normal');
    expect([dropped, owners.entriesOf(owner.pid)]).toEqual([['a', 'b', 'c'], []]);
  });

  it('are listened to no more when the registry has ended', () => {
    owners.add(owner.process, entry('a'));
    owners.close();
    expect(owner.listeners.size).toBe(0);
  });
});
