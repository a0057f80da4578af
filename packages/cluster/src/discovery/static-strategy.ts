import type { BackOff, NodeName } from '@trestle/runtime';
import { backOffSchema, defaultBackOff, nodeNameSchema, z } from '@trestle/runtime/internal';
import { connectedTo, unableToConnectTo } from './connect-nodes';
import {
  beginStaticPlan,
  stepStaticPlan,
  type StaticEffect,
  type StaticEvent,
  type StaticPlan,
  type StaticStep,
} from './static-plan';
import { Strategy } from './strategy';

/** The configuration of the static strategy. */
export interface StaticConfig {
  /** The nodes of the cluster. This node may be among them, so that all nodes can share one list. */
  readonly nodes: readonly NodeName[];
  /** How long to wait before dialling a node again: 500 ms to 30,000 ms unless told otherwise. */
  readonly retry?: BackOff | undefined;
}

const configSchema = z.strictObject(
  {
    nodes: z.array(nodeNameSchema, 'a list of node names'),
    retry: backOffSchema.optional(),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? '{ nodes, retry }' : undefined) },
);

/**
 * Connects to the nodes of a list, and keeps doing so: a node that is not up yet, or is lost, is dialled again and
 * again, with longer and longer waits. OTP: libcluster's `Cluster.Strategy.Epmd`, which dials once.
 */
export class StaticStrategy extends Strategy<StaticConfig> {
  static override readonly configSchema = configSchema;

  private plan: StaticPlan = new Map();

  protected override discover(): void {
    this.self.label = `discovery ${this.topology.name}`;
    // To a hidden node all are hidden, and a hidden one may be listed.
    this.self.monitorNodes(true, { nodeType: 'all' });
    const { config, thisNode } = this.topology;
    const others = [...new Set(config.nodes)].filter((node) => node !== thisNode);
    this.follow(beginStaticPlan(others, this.topology.list()));
  }

  override handleInfo(message: unknown): void {
    const backOff = this.topology.config.retry ?? defaultBackOff;
    const chance = this.self.node.random.float();
    if (isStaticEvent(message)) this.follow(stepStaticPlan(this.plan, message, { backOff, chance }));
  }

  private follow({ plan, effects }: StaticStep): void {
    this.plan = plan;
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: StaticEffect): void {
    const { log } = this.topology;
    switch (effect.type) {
      case 'dial':
        this.dial(effect.node, effect.attempt);
        return;
      case 'retryAfter':
        this.tellAfter({ type: 'retry', node: effect.node, attempt: effect.attempt }, effect.delayMs);
        return;
      case 'connected':
        log.info(connectedTo(effect.node));
        return;
      case 'unable':
        // One line for each outage: a node that is away for a week must not fill the log.
        if (effect.again) log.debug(unableToConnectTo(effect.node));
        else log.warning(unableToConnectTo(effect.node));
    }
  }

  private dial(node: NodeName, attempt: number): void {
    const { self, topology } = this;
    const tell = (connected: boolean): void => {
      if (!self.signal.aborted) self.send(self.pid, { type: 'dialled', node, attempt, connected });
    };
    topology.connect(node).then(tell, (error: unknown) => {
      topology.log.error(`dialling ${node} failed: ${String(error)}`);
      tell(false);
    });
  }

  private tellAfter(event: StaticEvent, delayMs: number): void {
    this.self.sendAfter(this.self.pid, event, delayMs);
  }
}

function isStaticEvent(message: unknown): message is StaticEvent {
  const { type, node } = (message ?? {}) as Partial<StaticEvent>;
  return typeof node === 'string' && ['nodeup', 'nodedown', 'dialled', 'retry'].includes(type ?? '');
}
