import { NodeDownError } from '@trestle/runtime';
import { Tries } from '../../packages/cache/src/client/tries';

/** Routes that know of some owners, whatever is lost. */
function triesOf(owners: string[], comeAndGo = true) {
  const time = { now: 0 };
  const heard: string[] = [];
  const routes = {
    node: { clock: { now: () => time.now } },
    comeAndGo,
    ownersNow: () => owners,
    lossHeard: (node: string) => {
      heard.push(node);
      return Promise.resolve();
    },
  };
  return { time, heard, tries: new Tries(routes, 1_000, 0) };
}

const lost = (node: string, mayHaveBeenHandled = false) =>
  new NodeDownError('a call', node, mayHaveBeenHandled);

describe('who can be asked when an owner is gone', () => {
  it('are the others that are known, and nothing is waited for', async () => {
    const { tries, heard } = triesOf(['a@h', 'b@h']);
    tries.gone('a@h', lost('a@h'));
    await expect(tries.owners('k')).resolves.toEqual(['b@h']);
    expect(heard).toStrictEqual([]);
  });

  it('are the same once more when the routing has heard of it, over members; each is asked twice at most', async () => {
    const { tries, heard } = triesOf(['a@h', 'b@h']);
    for (const node of ['a@h', 'b@h']) tries.gone(node, lost(node));
    await expect(tries.owners('k')).resolves.toEqual(['a@h', 'b@h']);
    tries.gone('a@h', lost('a@h'));
    await expect(tries.owners('k')).resolves.toEqual(['b@h']);
    tries.gone('b@h', lost('b@h'));
    await expect(tries.owners('k')).resolves.toStrictEqual([]);
    expect(heard).toEqual(['b@h', 'a@h', 'b@h']);
  });

  it('is nobody over nodes, or when the time is over', async () => {
    const fixed = triesOf(['a@h'], false);
    fixed.tries.gone('a@h', lost('a@h'));
    await expect(fixed.tries.owners('k')).resolves.toStrictEqual([]);
    const late = triesOf(['a@h']);
    late.tries.gone('a@h', lost('a@h'));
    late.time.now = 1_000;
    expect(late.tries.leftMs).toBe(0);
    await expect(late.tries.owners('k')).resolves.toStrictEqual([]);
  });

  it('ends with an error that says of all that was tried whether it may be done', () => {
    const { tries } = triesOf(['a@h']);
    tries.gone('a@h', lost('a@h'));
    expect(tries.told(lost('a@h'))).toMatchObject({ mayHaveBeenHandled: false });
    tries.gone('b@h', lost('b@h', true));
    expect(tries.told(lost('a@h'))).toMatchObject({ mayHaveBeenHandled: true });
  });
});
