import { GenServer, type CallResult, type From, type InitResult, type Next } from '@trestle/runtime';
import { refuseCall, refuseCast, z } from '@trestle/runtime/internal';
import type { ZodType } from 'zod';
import { topologyOn, type Topology, type TopologyArgs } from './topology';

/**
 * A way to find the nodes of a cluster: a supervised process that is handed a topology, finds nodes by whatever means
 * it has, and calls `connectNodes` and `disconnectNodes`, or `topology.connect` itself. Timers and messages arrive in
 * `handleInfo`, as in any GenServer. OTP: libcluster's `Cluster.Strategy`.
 */
export abstract class Strategy<Config = unknown> extends GenServer<never, never, TopologyArgs<Config>> {
  /** What a topology's `config` must be: checked when discovery is started. */
  static readonly configSchema: ZodType = z.unknown();

  /** Its topology: name, configuration, what it can do, and a log. */
  protected topology!: Topology<Config>;

  override init(args: TopologyArgs<Config>): InitResult | Promise<InitResult> {
    this.topology = topologyOn(this.self, args);
    return this.discover();
  }

  /** Unless overridden, what no strategy expects is refused: it must not end the search. */
  override handleCall(request: never, from: From): CallResult | Promise<CallResult> {
    return refuseCall(this, request, from);
  }

  /** As `handleCall`. */
  override handleCast(request: never): Next | Promise<Next> {
    return refuseCast(this, request);
  }

  /** Begins to look for nodes. Must not wait for them: what comes after it in the supervision tree would wait too. */
  protected abstract discover(): InitResult | Promise<InitResult>;
}
