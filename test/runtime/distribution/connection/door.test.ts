import { EventEmitter } from 'node:events';
import type { Socket as Stream } from 'node:net';
import { addressGroup } from '../../../../packages/runtime/src/distribution/socket/address-group';
import { Door } from '../../../../packages/runtime/src/distribution/socket/door';

/** A connection as far as a door looks at it. */
class Visitor extends EventEmitter {
  static ports = 0;
  destroyed = false;

  constructor(
    readonly remoteAddress: string,
    readonly remotePort = Visitor.ports++,
  ) {
    super();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}

let door: Door;
const turnedAway: string[] = [];

beforeEach(() => {
  turnedAway.length = 0;
  door = new Door({ total: 5, perAddress: 3 }, (address, problem) =>
    turnedAway.push(`${address} ${problem}`),
  );
});

function enter(address: string, count = 1): Visitor[] {
  const visitors = Array.from({ length: count }, () => new Visitor(address));
  for (const visitor of visitors) door.enter(visitor as unknown as Stream);
  return visitors;
}

const gone = (visitors: readonly Visitor[]): boolean[] => visitors.map(({ destroyed }) => destroyed);

describe('the door of a node', () => {
  it('turns the oldest of an address away when that one has its share, and says so', () => {
    const ofOne = enter('10.0.0.1', 5);
    const ofOther = enter('10.0.0.2', 2);
    expect(gone(ofOne)).toEqual([true, true, false, false, false]);
    expect(gone(ofOther)).toEqual([false, false]);
    const from = `10.0.0.1:${String(ofOne[0]!.remotePort)}`;
    expect(turnedAway[0]).toBe(`${from} too many of its address have not proved themselves`);
    expect(turnedAway).toHaveLength(2);
  });

  it('turns the oldest of the address with the most away when it is full', () => {
    const many = enter('10.0.0.1', 3);
    const few = [...enter('10.0.0.2'), ...enter('10.0.0.3'), ...enter('10.0.0.4')];
    expect(gone(many)).toEqual([true, false, false]);
    expect(gone(few)).toEqual([false, false, false]);
    expect(turnedAway[0]).toMatch(/ too many have not proved themselves$/);
  });

  it('has room again for each that has proved itself, or has gone', () => {
    const first = enter('10.0.0.1', 3);
    door.leave(first[0] as unknown as Stream);
    first[1]!.destroy();
    const second = enter('10.0.0.1', 2);
    expect(turnedAway).toStrictEqual([]);
    expect(gone([...first, ...second])).toEqual([false, true, false, false, false]);
  });

  it('keeps who has come from where somebody was who is heard to be gone only then', () => {
    const [first] = enter('10.0.0.1');
    door.leave(first as unknown as Stream);
    const second = new Visitor('10.0.0.1', first!.remotePort);
    door.enter(second as unknown as Stream);
    first!.destroy();
    door.shut();
    expect(second.destroyed).toBe(true);
  });

  it('keeps nothing of addresses from which nobody is there any more, be they ever so many', () => {
    for (let i = 0; i < 200; i++) {
      const [proved, gone] = enter(`10.0.0.${i}`, 2);
      door.leave(proved as unknown as Stream);
      gone!.destroy();
    }
    expect((door as unknown as { unproven: Map<string, unknown> }).unproven.size).toBe(0);
    expect(turnedAway).toStrictEqual([]);
  });

  it('sends every peer away that has not proved itself when it is shut', () => {
    const visitors = enter('10.0.0.1', 3);
    door.leave(visitors[1] as unknown as Stream);
    door.shut();
    expect(gone(visitors)).toEqual([true, false, true]);
  });
});

it.each([
  ['10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0db8:0000:0000:1::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1:2:3%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('the address %s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});
