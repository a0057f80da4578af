import { startNode, startRegistry, via, type Self } from '@trestle/runtime';
import { rate } from './harness';

/** Look-ups in a registry of a thousand processes. */
async function main(): Promise<void> {
  const node = await startNode();
  const unique = await startRegistry<string>(node, { name: 'unique', keys: 'unique' });
  const duplicate = await startRegistry<string>(node, { name: 'duplicate', keys: 'duplicate' });
  const names = Array.from({ length: 1_000 }, (_, i) => `key ${String(i)}`);
  for (const name of names) {
    node.spawn(async (self: Self) => {
      unique.register(self, name);
      duplicate.register(self, name);
      await self.receive();
    });
  }
  while (duplicate.count() < names.length) await new Promise((resolve) => setImmediate(resolve));

  let found = 0;
  const times = async (count: number, look: (name: string) => void): Promise<void> => {
    for (let i = 0; i < count; i++) look(names[i % names.length]!);
  };
  const reach = { reach: '>= 15 M' };
  await rate(
    'Registry.lookup',
    5_000_000,
    (n) => times(n, (name) => void (found += unique.lookup(name).length)),
    reach,
  );
  await rate(
    'Registry.lookup, duplicate keys',
    5_000_000,
    (n) => times(n, (name) => void (found += duplicate.lookup(name).length)),
    reach,
  );
  const addresses = new Map(names.map((name) => [name, via<unknown>(unique, name)]));
  await rate('whereis of a via name', 2_000_000, (n) =>
    times(n, (name) => void (found += node.whereis(addresses.get(name)!)!.length)),
  );
  if (found === 0) throw new Error('nothing was found');
  await node.stop();
}

void main();
