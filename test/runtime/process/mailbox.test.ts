import fc from 'fast-check';
import { BoundedMailbox } from '../../../packages/runtime/src/process/bounded-mailbox';
import { Mailbox } from '../../../packages/runtime/src/process/mailbox';
import { castLabel, type Label } from '../../../packages/runtime/src/terms/signal';

type Step = { push: number; cast: boolean } | { shift: true } | { removeAt: number } | { clear: true };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ push: fc.nat(), cast: fc.boolean() }) },
  { weight: 4, arbitrary: fc.constant({ shift: true } as const) },
  { weight: 4, arbitrary: fc.record({ removeAt: fc.nat({ max: 5_000 }) }) },
  { weight: 1, arbitrary: fc.constant({ clear: true } as const) },
);

function contents(mailbox: Mailbox): [unknown, Label][] {
  return Array.from({ length: mailbox.length }, (_, i) => [mailbox.messageAt(i), mailbox.labelAt(i)]);
}

function apply(mailbox: Mailbox, model: [unknown, Label][], doing: Step): void {
  if ('push' in doing) {
    const label = doing.cast ? castLabel : null;
    mailbox.push(doing.push, label);
    model.push([doing.push, label]);
  } else if ('clear' in doing) {
    mailbox.clear();
    model.length = 0;
  } else if (model.length === 0) return;
  else if ('removeAt' in doing) {
    const index = doing.removeAt % model.length;
    mailbox.removeAt(index);
    model.splice(index, 1);
  } else {
    expect(mailbox.headLabel()).toBe(model[0]![1]);
    expect(mailbox.shift()).toBe(model.shift()![0]);
  }
}

describe('a mailbox', () => {
  it('holds what an array would hold, whatever is done to it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const mailbox = new Mailbox();
        const model: [unknown, Label][] = [];
        for (const doing of steps) apply(mailbox, model, doing);
        expect(contents(mailbox)).toEqual(model);
      }),
    );
  });

  it('keeps a long queue in order, filled and emptied around the ring', () => {
    const mailbox = new Mailbox();
    const taken: unknown[] = [];
    for (let i = 0; i < 10_000; i++) {
      mailbox.push(i, null);
      if (i % 3 === 0) taken.push(mailbox.shift());
    }
    while (mailbox.length > 0) taken.push(mailbox.shift());
    expect(taken).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
  });

  it('holds on to no message that was taken', () => {
    const mailbox = new Mailbox();
    for (let i = 0; i < 20; i++) mailbox.push({ i }, castLabel);
    mailbox.removeAt(15);
    mailbox.removeAt(3);
    while (mailbox.length > 0) mailbox.shift();
    const { slots } = mailbox as unknown as { slots: unknown[] };
    expect(slots.filter((slot) => slot !== null && slot !== undefined)).toStrictEqual([]);
  });

  it('gives a large ring back when it is empty', () => {
    const mailbox = new Mailbox();
    for (let i = 0; i < 5_000; i++) mailbox.push(i, null);
    for (let i = 0; i < 5_000; i++) mailbox.shift();
    expect((mailbox as unknown as { slots: unknown }).slots).toBeNull();
    mailbox.push('again', null);
    expect(mailbox.shift()).toBe('again');
  });
});

describe('a bounded mailbox', () => {
  type BoundedStep = Step | { owed: number };
  const boundedStep: fc.Arbitrary<BoundedStep> = fc.oneof(
    { weight: 3, arbitrary: step },
    { weight: 1, arbitrary: fc.record({ owed: fc.nat() }) },
  );

  it('tells the oldest message that may be dropped, whatever was done to it, and shows owed ones as plain', () => {
    fc.assert(
      fc.property(fc.array(boundedStep, { maxLength: 300 }), (steps) => {
        const mailbox = new BoundedMailbox();
        const model: [unknown, Label][] = [];
        const owed = new Set<unknown>();
        for (const doing of steps) {
          if ('owed' in doing) {
            const message = { owed: doing.owed };
            owed.add(message);
            mailbox.pushOwed(message);
            model.push([message, null]);
          } else apply(mailbox, model, doing);
          expect(mailbox.oldestDroppable()).toBe(model.findIndex(([message]) => !owed.has(message)));
        }
        expect(contents(mailbox)).toEqual(model);
      }),
    );
  });

  it('is not searched again and again where nothing can be dropped', () => {
    const mailbox = new BoundedMailbox();
    for (let i = 0; i < 1_000; i++) mailbox.pushOwed(i);
    mailbox.push('a', null);
    let looks = 0;
    const { messageAt } = mailbox;
    const labelAt = Object.getPrototypeOf(BoundedMailbox.prototype).labelAt as (index: number) => Label;
    jest.spyOn(Mailbox.prototype, 'labelAt').mockImplementation(function (this: Mailbox, index) {
      looks += 1;
      return labelAt.call(this, index);
    });
    for (let i = 0; i < 100; i++) {
      mailbox.removeAt(mailbox.oldestDroppable());
      mailbox.push(i, null);
    }
    jest.restoreAllMocks();
    expect(messageAt.call(mailbox, 1_000)).toBe(99);
    expect(looks).toBeLessThan(1_300);
  });
});
