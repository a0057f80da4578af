import fc from 'fast-check';
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
    expect(slots.filter((slot) => slot !== null && slot !== undefined)).toEqual([]);
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
