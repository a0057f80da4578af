import { believesInLink, inBothPlaces, lives, puppet, quiet } from '../support/both-places';

describe('a link that is made and taken away from both sides at once', () => {
  inBothPlaces('stands on both sides or on neither', async (places) => {
    const { here, there } = places;
    const a = await puppet(here, true);
    const b = await puppet(there, true);
    a.self.link(b.pid);
    b.self.link(a.pid);
    a.self.unlink(b.pid);
    await quiet(places);
    expect(believesInLink(here, a, b)).toBe(believesInLink(there, b, a));
    b.self.unlink(a.pid);
    await quiet(places);
    a.self.link(b.pid);
    await quiet(places);
    a.self.unlink(b.pid);
    b.self.unlink(a.pid);
    b.self.link(a.pid);
    await quiet(places);
    expect(believesInLink(here, a, b)).toBe(believesInLink(there, b, a));
  });

  inBothPlaces('says nothing after unlink, though the other one ends or is linked anew', async (places) => {
    const { here, there } = places;
    const a = await puppet(here, true);
    const b = await puppet(there);
    a.self.link(b.pid);
    await quiet(places);
    there.exitSignal(b.pid, 'oops');
    a.self.unlink(b.pid);
    await quiet(places);
    expect(lives(there, b)).toBe(false);
    if (places.apart) expect(a.inbox).toStrictEqual([]);
    a.self.link(b.pid);
    await quiet(places);
    expect(a.inbox.at(-1)).toEqual({ type: 'EXIT', from: b.pid, reason: 'noproc' });
  });
});
