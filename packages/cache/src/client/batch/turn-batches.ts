import type { Node, NodeName } from '@trestle/runtime';
import { attachedTo } from '@trestle/runtime/internal';
import type { BatchOp } from '../../terms/batch-ops';
import type { CacheKey } from '../../terms/cache-key';
import type { WriteRequestOptions } from '../../terms/write-request';
import { Batch, type BatchSender } from './batch';
import { ReadBatch, type Reader } from './read-batch';
import { TurnEnd } from './turn-end';

/**
 * What one node asks another within one turn of the event loop travels in one message, for a message costs several times
 * what a request does. It leaves when the turn is over: everything that has arrived meanwhile has had its effect then.
 */
export class TurnBatches {
  /** What waits, by the node that it is for. */
  private readonly open = new Map<NodeName, Batch | ReadBatch>();
  private isArmed = false;

  constructor(
    private readonly self: Node,
    private readonly sender: BatchSender,
  ) {}

  ask(
    node: NodeName,
    timeoutMs: number,
    op: BatchOp,
    key: CacheKey,
    value: unknown,
    how: WriteRequestOptions | undefined,
  ): Promise<unknown> {
    let batch = this.open.get(node);
    // All of a batch wait for equally long.
    if (!(batch instanceof Batch) || batch.timeoutMs !== timeoutMs)
      batch = this.begin(node, new Batch(this.sender, node, timeoutMs));
    const answer = batch.add(op, key, value, how);
    if (batch.isFull) this.flush(node);
    return answer;
  }

  /** A key of one who reads many. */
  read(node: NodeName, reader: Reader, place: number, key: CacheKey): void {
    let batch = this.open.get(node);
    if (!(batch instanceof ReadBatch) || !batch.suits(reader))
      batch = this.begin(node, new ReadBatch(this.sender, node, reader.timeoutMs, reader.views));
    batch.add(reader, place, key);
  }

  /** Sends what waits for a node: before anything else goes there, for it was asked earlier. */
  flush(node: NodeName): void {
    const batch = this.open.get(node);
    if (batch === undefined) return;
    this.open.delete(node);
    batch.send();
  }

  private begin<Kind extends Batch | ReadBatch>(node: NodeName, batch: Kind): Kind {
    this.flush(node);
    this.open.set(node, batch);
    if (!this.isArmed) {
      this.isArmed = true;
      attachedTo('Cache', this.self, TurnEnd).await(this.turnIsOver);
    }
    return batch;
  }

  private readonly turnIsOver = (): void => {
    this.isArmed = false;
    const batches = [...this.open.values()];
    this.open.clear();
    for (const batch of batches) batch.send();
  };
}
