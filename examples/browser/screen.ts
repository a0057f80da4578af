// A server that runs in the page: whoever may call it, on whatever node, can have a line shown.
import { GenServer, reply, type Call, type CallResult } from '@trestle/runtime/browser';

type Show = Call<{ type: 'show'; text: string }, number>;

export class Screen extends GenServer<Show, never, (text: string) => void> {
  private append!: (text: string) => void;
  private lines = 0;

  override init(append: (text: string) => void): void {
    this.append = append;
  }

  override handleCall(request: Show): CallResult {
    this.append(request.text);
    return reply(request, (this.lines += 1));
  }
}
