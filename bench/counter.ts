import { GenServer, localName, reply, type Call, type CallResult } from '@trestle/runtime';

export type Add = Call<{ readonly type: 'add'; readonly n: number }, number>;

/** The server that is measured: adds. */
export class Counter extends GenServer<Add, { readonly type: 'bump'; readonly payload?: string }> {
  private total = 0;

  override handleCall(request: Add): CallResult {
    this.total += request.n;
    return reply(request, this.total);
  }

  override handleCast(): void {
    this.total += 1;
  }
}

export const counterName = localName<Counter>('counter');
export const add: Add = { type: 'add', n: 1 };
