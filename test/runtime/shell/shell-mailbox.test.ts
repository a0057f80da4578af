import { ShellMailbox } from '../../../packages/runtime/src/shell/shell-mailbox';

const isEven = (message: unknown): boolean => (message as number) % 2 === 0;

describe('the mailbox of the shell', () => {
  it('hands out the first message that is wanted and keeps the others in order', async () => {
    const mailbox = new ShellMailbox();
    [1, 2, 3, 4].forEach((message) => mailbox.put(message));
    expect(await mailbox.take(isEven, Infinity)).toBe(2);
    expect(await mailbox.take(null, Infinity)).toBe(1);
    expect(mailbox.flush()).toEqual([3, 4]);
    expect(mailbox.flush()).toStrictEqual([]);
  });

  it('wakes the first who waits for a message, and gives it to nobody else', async () => {
    const mailbox = new ShellMailbox();
    const even = mailbox.take(isEven, Infinity);
    const any = mailbox.take(null, Infinity);
    mailbox.put(1);
    mailbox.put(2);
    expect([await even, await any]).toEqual([2, 1]);
    expect(mailbox.flush()).toStrictEqual([]);
  });

  it('waits no longer than it was told, and then takes no message', async () => {
    const mailbox = new ShellMailbox();
    expect(await mailbox.take(null, 0)).toBeUndefined();
    expect(await mailbox.take(null, 1)).toBeUndefined();
    mailbox.put('late');
    expect(mailbox.flush()).toEqual(['late']);
  });

  it('keeps messages for others when those who waited have given up', () => {
    const mailbox = new ShellMailbox();
    void mailbox.take(null, Infinity);
    void mailbox.take(null, 60_000);
    mailbox.giveUp();
    mailbox.put('kept');
    expect(mailbox.flush()).toEqual(['kept']);
  });

  it('drops what is unwanted', () => {
    const mailbox = new ShellMailbox();
    [1, 2, 3].forEach((message) => mailbox.put(message));
    mailbox.drop(isEven);
    expect(mailbox.flush()).toEqual([1, 3]);
  });
});
