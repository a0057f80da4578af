import type { From } from '../terms/from';

/** A call that is answered later. */
interface WaitingCall<View> {
  readonly from: From;
  readonly isMet: (view: View) => boolean;
  readonly answer: (view: View) => unknown;
}

/** The calls that wait for something of a machine. One that has ended, by its timeout or its caller's end, is forgotten. */
export class WaitingCalls<View> {
  private waiting: readonly WaitingCall<View>[] = [];

  add(call: WaitingCall<View>): void {
    this.waiting = [...this.waiting.filter(isOpen), call];
  }

  /** Answers those who waited for this. */
  answer(view: View): void {
    if (this.waiting.length === 0) return;
    const open = this.waiting.filter(isOpen);
    const met = open.filter(({ isMet }) => isMet(view));
    this.waiting = open.filter((call) => !met.includes(call));
    for (const { from, answer } of met) from.reply(answer(view));
  }
}

function isOpen({ from }: WaitingCall<never>): boolean {
  return from.isOpen;
}
