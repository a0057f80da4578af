import { checkRef, type Ref } from '../../terms/ref';
import type { Pid } from '../../terms/pid';
import { BaseVerbs } from './base-verbs';
import type { LocalProcess } from '../../process/local-process';
import type { AnySelf } from '../node';
import {
  monitoredOrderOf,
  orderOf,
  requestSpawn,
  spawnError,
  spawnThere,
  type SpawnTarget,
} from '../spawn/spawn-on';
import type { SpawnRelation } from '../spawn/spawn-on';
import { requestOrderOf } from '../spawn/request-order';
import type { Monitored, SpawnsLinked } from '../spawn/spawn-verbs';

/** What a process can do to processes of other nodes from their first moment on. */
export abstract class ParentVerbs extends BaseVerbs implements SpawnsLinked<AnySelf> {
  protected abstract override get caller(): LocalProcess;

  async spawnLinkOn(...target: SpawnTarget): Promise<Pid> {
    const relation = this.relation(true, false);
    return (await spawnThere(orderOf('spawnLinkOn', relation.local.name, target), relation)).pid;
  }

  // The overloads say which references are aliases.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async spawnMonitorOn(...target: SpawnTarget): Promise<Monitored<any> & { readonly ref: any }> {
    const relation = this.relation(false, true);
    return spawnThere(monitoredOrderOf('spawnMonitorOn', relation.local.name, target), relation);
  }

  spawnRequest(...target: SpawnTarget): Ref {
    const { local, parent } = this.relation(false, false);
    const { order, link, monitor, reply, replyTag } = requestOrderOf(local.name, target);
    return requestSpawn(
      order,
      { local, parent, link, monitor },
      {
        started: (pid, ref) => {
          if (reply !== 'no' && reply !== 'errorOnly')
            this.caller.owe({ type: replyTag, ref, status: 'ok', pid });
        },
        failed: (problem, ref) => {
          if (reply !== 'no' && reply !== 'successOnly')
            this.caller.owe({ type: replyTag, ref, status: 'error', error: spawnError(order, problem) });
        },
      },
    );
  }

  spawnRequestAbandon(request: Ref): boolean {
    return this.acting().router.spawns.abandon(checkRef('spawnRequestAbandon', request), this.caller);
  }

  private relation(link: boolean, monitor: boolean): SpawnRelation {
    return { local: this.acting(), parent: this.caller, link, monitor };
  }
}
