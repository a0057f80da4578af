import { Outbox } from '../../../packages/cache/src/replication/writes/outbox';
import { entryOf } from '../../../packages/cache/src/store/entry';

const mebibyte = 1024 * 1024;

describe('what is copied to another node', () => {
  const sent: { readonly number: number; readonly keys: unknown[] }[] = [];
  const peer = { node: 'n2@h', pid: 'pid', ref: 'ref' } as never;
  const context = {
    pid: 'me',
    now: () => 0,
    soon: () => undefined,
    send: (_to: unknown, [, , number, records]: readonly [string, string, number, unknown[]]) =>
      sent.push({
        number,
        keys: records.filter((part) => typeof part === 'string' && part.startsWith('key_')),
      }),
  } as never;
  let outbox: Outbox;
  beforeEach(() => {
    sent.length = 0;
    outbox = new Outbox(context, () => undefined);
  });

  function copy(count: number, bytes: number): void {
    for (let i = 0; i < count; i++)
      outbox.add(peer, `key_${String(i)}`, entryOf('x'.repeat(bytes), 1, 'n1@h', null), null);
    outbox.flush();
  }

  it('travels in messages of about 4 MiB, in order, and a larger one alone', () => {
    copy(7, 1.5 * mebibyte);
    expect(sent.map(({ keys }) => keys)).toStrictEqual([
      ['key_0', 'key_1'],
      ['key_2', 'key_3'],
      ['key_4', 'key_5'],
      ['key_6'],
    ]);
    sent.length = 0;
    copy(2, 5 * mebibyte);
    expect(sent.map(({ keys }) => keys)).toStrictEqual([['key_0'], ['key_1']]);
  });

  it('travels in one message if it is small', () => {
    copy(400, 64);
    expect(sent.map(({ keys }) => keys.length)).toStrictEqual([400]);
  });
});
