import { z } from '#zod';
import { plainName, type LocalName } from '../../terms/address';
import { checkOptions } from '../../terms/options';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import type { AnySelf, Node } from '../../node/node';
import { childSpec, type ChildOptions, type ChildSpec } from '../supervisor/child-spec';
import { Registry } from './registry';
import { checkRegistryOptions, type RegistryArguments } from './registry-options';
import { RegistryServer } from './registry-server';
import { startServer } from '../gen-server/start-server';

/** How a registry is started. */
export interface RegistryOptions<Key = unknown, Value = unknown> extends RegistryArguments {
  /** Its name on this node. */
  readonly name: string | LocalName<RegistryServer<Key, Value>>;
}

/**
 * Starts a registry: names and properties of processes of this node, by keys of any kind. OTP: Elixir's
 * `Registry.start_link/1`.
 * @param on a node, or a process to link the registry to
 * @throws BadArgumentError if an option is wrong; NameTakenError if the name is another process's
 */
export async function startRegistry<Key = unknown, Value = unknown>(
  on: Node | AnySelf,
  options: RegistryOptions<Key, Value>,
): Promise<Registry<Key, Value>> {
  const args = checkRegistryOptions('startRegistry', options);
  const launcher = BaseVerbs.launcherOf('startRegistry', on, true);
  await startServer(launcher, RegistryServer, { name: options.name, args });
  return new Registry<Key, Value>(on, options.name);
}

/** What is in it is checked part by part. */
const objectSchema = z.looseObject({});

/**
 * Says how a supervisor keeps a registry: before the children that use it, and with `restForOne` or `oneForAll`, so
 * that they start anew with it. Its `id` is the name of the registry by default.
 * @throws BadArgumentError if an option is wrong
 */
export function registrySpec<Key = unknown, Value = unknown>(
  options: RegistryOptions<Key, Value> & ChildOptions,
): ChildSpec {
  checkOptions<unknown>('registrySpec', objectSchema, options);
  const { id, restart, shutdownMs, significant, ...registry } = options;
  const args = checkRegistryOptions('registrySpec', registry);
  const name = registry.name as string | LocalName<unknown>;
  return childSpec(RegistryServer, {
    id: id ?? plainName('registrySpec', name),
    args,
    name,
    ...(restart === undefined ? {} : { restart }),
    ...(shutdownMs === undefined ? {} : { shutdownMs }),
    ...(significant === undefined ? {} : { significant }),
  });
}
