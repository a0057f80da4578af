import { plainName, type LocalName } from '../../terms/address';
import { BadArgumentError } from '../../terms/errors';
import { isPid, type Pid } from '../../terms/pid';
import type { LocalNode } from '../local-node';

/** Registers a process of this node under a name. */
export function registerName(local: LocalNode, name: string | LocalName<unknown>, pid: Pid): void {
  const plain = plainName('register', name);
  const process = isPid(pid) ? local.table.get(pid) : undefined;
  if (process === undefined) {
    throw new BadArgumentError({
      call: `register '${plain}'`,
      expected: 'a living process of this node',
      got: pid,
    });
  }
  local.registry.register(`register '${plain}'`, plain, process);
}
