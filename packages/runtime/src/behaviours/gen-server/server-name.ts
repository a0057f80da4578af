import { plainName, type ServerName } from '../../terms/address';
import { BadArgumentError, NameTakenError } from '../../terms/errors';
import type { Pid } from '../../terms/pid';
import { Via } from '../../terms/via';
import type { LocalNode } from '../../node/local-node';
import { isPromise } from '../../terms/promise';
import type { LocalProcess } from '../../process/local-process';

/**
 * Gives a new process the name of its server; the process is gone if that fails.
 * @returns a promise if the name is kept where that takes time
 * @throws NameTakenError if the name is another process's
 * @throws BadArgumentError if it is none, or its name service does not run
 */
export function takeName(
  call: string,
  local: LocalNode,
  name: ServerName | undefined,
  process: LocalProcess,
): Promise<void> | undefined {
  if (name === undefined) return undefined;
  const giveUp = (error: unknown): never => {
    process.end('normal');
    throw error;
  };
  try {
    if (name instanceof Via) return takeKey(call, local, name, process)?.catch(giveUp);
    const plain = plainName(call, name);
    local.registry.register(`${call} as '${plain}'`, plain, process);
    return undefined;
  } catch (error) {
    return giveUp(error);
  }
}

function takeKey(
  call: string,
  local: LocalNode,
  name: Via<unknown>,
  process: LocalProcess,
): Promise<void> | undefined {
  const what = `${call} as ${name.toString()}`;
  const keeper = local.services.keeperOf(name);
  if (keeper === undefined) {
    throw new BadArgumentError({ call: what, expected: 'a registry that runs', got: name.service });
  }
  process.label = name.toString();
  const check = (owner: Pid): void => {
    if (owner !== process.pid) throw new NameTakenError(what, owner);
  };
  const owner = keeper.registerName(name.key, process.pid, name.value);
  if (isPromise(owner)) return Promise.resolve(owner).then(check);
  check(owner);
  return undefined;
}

/** Frees the name of a server that did not start, where its process's end alone does not free it in time. */
export function releaseName(
  local: LocalNode,
  name: ServerName | undefined,
  process: LocalProcess,
): void | Promise<void> {
  if (!(name instanceof Via) || local.services.whereis(name) !== process.pid) return undefined;
  return local.services.keeperOf(name)?.unregisterName(name.key);
}
