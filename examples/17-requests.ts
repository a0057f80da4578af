// Requests whose responses come later: ask many at once, take answers as they come, and give up in time.
import {
  GenServer,
  noReply,
  receiveResponse,
  replyPort,
  RequestIds,
  sendRequest,
  startNode,
  type Call,
  type CallResult,
  type From,
} from '@trestle/runtime';

type Forecast = Call<{ type: 'forecast' }, string>;

/** Answers after some time. */
class Station extends GenServer<Forecast, never, { says: string; afterMs: number }> {
  private says = '';
  private afterMs = 0;

  override init({ says, afterMs }: { says: string; afterMs: number }): void {
    [this.says, this.afterMs] = [says, afterMs];
  }

  override handleCall(request: Forecast, from: From): CallResult {
    const { self, says } = this;
    const port = replyPort(request, from);
    self.spawn(async (worker) => {
      await worker.receive(undefined, { afterMs: this.afterMs });
      port.send(says);
    });
    return noReply();
  }
}

async function main(): Promise<void> {
  const node = await startNode();
  const stations = { slow: [200, 'rain'], quick: [1, 'sun'], lost: [60_000, 'snow'] } as const;
  const requests = new RequestIds<string, string>();
  for (const [label, [afterMs, says]] of Object.entries(stations)) {
    const station = await node.start(Station, { args: { says, afterMs } });
    sendRequest(node, station, { type: 'forecast' }, { requests, label });
  }
  while (requests.size > 0) {
    const response = await receiveResponse(node, requests, { timeoutMs: 500 });
    console.log(response);
  }
  await node.stop();
}

void main();

// prints:
// { status: 'reply', reply: 'sun', label: 'quick' }
// { status: 'reply', reply: 'rain', label: 'slow' }
// { status: 'timeout' }
