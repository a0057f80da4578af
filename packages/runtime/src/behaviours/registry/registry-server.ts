import { BadArgumentError } from '../../terms/errors';
import type { From } from '../../terms/from';
import { isExit } from '../../terms/message';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import type { CallResult, Next } from '../gen-server/call-result';
import { GenServer } from '../gen-server/gen-server';
import { refuseCall, refuseCast } from '../gen-server/refused-request';
import { checkRegistryArguments, type RegistryArguments } from './registry-options';
import { RegistryTable } from './registry-table';
import { readState } from '../gen-server/server-state';

/**
 * The process behind a registry: its table lives as long as it does. Started by `startRegistry`, or by a supervisor
 * with `registrySpec`; a name is typed as `localName<RegistryServer<Key, Value>>('name')`.
 */
export class RegistryServer<Key = unknown, Value = unknown> extends GenServer<
  never,
  never,
  RegistryArguments
> {
  private table!: RegistryTable<Key, Value>;

  override init(args: RegistryArguments): undefined {
    this.self.trapExit(true);
    checkRegistryArguments('start RegistryServer', args);
    const { local } = BaseVerbs.launcherOf('start RegistryServer', this.self, false);
    const process = BaseVerbs.processOf(this.self);
    if (process === null || process.name === null) {
      throw new BadArgumentError({
        call: 'start RegistryServer',
        expected: 'a name of this node',
        got: undefined,
      });
    }
    const { keys, listeners = [], meta = {} } = args;
    const table = new RegistryTable<Key, Value>({ name: process.name, keys, listeners }, local, process);
    for (const [key, value] of Object.entries(meta)) table.meta.set(key, value);
    local.services.add(table);
    process.onEnd(() => {
      table.close();
      local.services.remove(table);
    });
    this.table = table;
    return undefined;
  }

  override handleCall(request: never, from: From): CallResult {
    return refuseCall(this, request, from);
  }

  override handleCast(request: never): Next {
    return refuseCast(this, request);
  }

  /** Of the ends of those that are linked to it because they have entries, it has heard before. */
  override handleInfo(message: unknown): Next | Promise<Next> {
    return isExit(message) ? undefined : super.handleInfo(message);
  }

  [readState](): unknown {
    const { isUnique, entries, meta } = this.table;
    return { keys: isUnique ? 'unique' : 'duplicate', entries: entries.size, meta: new Map(meta) };
  }
}
