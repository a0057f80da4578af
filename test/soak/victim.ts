import type { Node } from '@trestle/runtime';
import { GATE } from '../e2e/programs/gate-node';
import type { OsCluster } from '../support/os-cluster';
import { startOsNode } from '../support/os-node';
import type { OsProcess } from '../support/os-process';

/** A node in an OS process of its own that is killed, again and again, while others want something of it. */
export class Victim {
  /** One kill after another: each ends with the next life. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly name: string,
    private readonly cluster: OsCluster,
    private process: OsProcess,
  ) {}

  static async start(cluster: OsCluster, name: string): Promise<Victim> {
    return new Victim(name, cluster, await startOsNode(cluster, { name }));
  }

  /** Kills it in the midst of a call, a monitor and a link of a node, and starts it again. */
  kill(here: Node): Promise<void> {
    const killed = this.last.then(() => this.killNow(here));
    this.last = killed.catch(() => undefined);
    return killed;
  }

  async end(): Promise<void> {
    await this.last;
    await this.process.signal('SIGKILL');
  }

  private async killNow(here: Node): Promise<void> {
    here.spawn<any>(async (self) => {
      self.monitor(GATE.on(this.name));
      await self.receive('DOWN');
    });
    here.spawn<any>(async (self) => {
      self.trapExit(true);
      await self.spawnLinkOn(this.name, 'Tools', 'block', [0]);
      await self.receive('EXIT');
    });
    const call = here.call(GATE.on(this.name), { type: 'wait' }, { timeoutMs: Infinity });
    const failed = call.catch(() => undefined);
    // Connected, if it can be: the call, and all that was sent before, is on its way.
    await here.ping(this.name);
    await this.process.signal('SIGKILL');
    await failed;
    this.process = await startOsNode(this.cluster, { name: this.name });
  }
}
