import { z } from '#zod';
import type { ServerPid } from '../../terms/address';
import { checkOptions } from '../../terms/options';
import { isPid, nodeOfPid, type Pid } from '../../terms/pid';
import type { AnySelf, Node, Self } from '../../node/node';
import type { Ignore } from '../gen-server/call-result';
import { checkSpec, type ChildSpec, type StartSpec } from '../supervisor/child-spec';
import { splitOptions, supervisorChild, type SupervisedOptions } from '../supervisor/launch-supervisor';
import { PartitionName } from './partition-name';
import { shutdownProcess } from '../supervisor/shutdown-process';
import { startSupervisor } from '../supervisor/start-supervisor';
import type { Supervisor } from '../supervisor/supervisor';
import { checkSupervision, type SupervisorOptions } from '../supervisor/supervisor-options';

/** How the partitions of a server are started and kept. */
export interface PartitionOptions<S> extends Pick<SupervisorOptions, 'intensity'> {
  /** By which they are addressed: it says how many there are. */
  readonly name: PartitionName<S>;
  /**
   * The child spec of a partition, or a function that makes it. Its id does not matter, and its process must not
   * register a name: it gets one by which its partition is found.
   */
  readonly child: StartSpec | ((partition: number) => StartSpec);
  /** Which partitions restart when one ends. Default `'oneForOne'`. */
  readonly strategy?: SupervisorOptions['strategy'];
}

/**
 * Starts several processes of one kind, each for a part of the keys: where one process would be a bottleneck. The
 * partitions are children of a supervisor, with ids `'0'`, `'1'` and so on. OTP: Elixir's `PartitionSupervisor`.
 * @param on a process, to link the supervisor to it; or a node, which then stops it in order when it stops itself
 * @returns the pid of the supervisor
 * @throws StartError if a partition did not start; NameTakenError, BadArgumentError
 */
export async function startPartitionSupervisor<S>(
  on: Node | AnySelf,
  options: PartitionOptions<S>,
): Promise<ServerPid<Supervisor>> {
  return startSupervisor(on, supervisionOf('startPartitionSupervisor', options));
}

/**
 * Says how a supervisor keeps the supervisor of partitions as its child; its `shutdownMs` is `Infinity` by default.
 * @throws BadArgumentError if an option is wrong
 */
export function partitionSupervisorSpec<S>(options: SupervisedOptions<PartitionOptions<S>>): ChildSpec {
  const [kept, partitions] = splitOptions<PartitionOptions<S>>('partitionSupervisorSpec', options);
  const call = `partitionSupervisorSpec '${kept.id}'`;
  const supervision = supervisionOf(call, partitions);
  return supervisorChild(call, kept, (parent) => startSupervisor(parent, supervision));
}

const optionsSchema = z.strictObject({
  name: z.instanceof(PartitionName, { error: 'a name made by partitionName' }),
  child: z.unknown(),
  strategy: z.unknown().optional(),
  intensity: z.unknown().optional(),
});

/** The supervisor that keeps the partitions, checked at the door. */
function supervisionOf<S>(call: string, options: PartitionOptions<S>): SupervisorOptions {
  checkOptions<unknown>(call, optionsSchema, options);
  const { name, child, strategy = 'oneForOne', ...others } = options;
  const children = Array.from({ length: name.partitions }, (_, partition) => {
    const spec = typeof child === 'function' ? child(partition) : child;
    return partitionSpec(`${call}: partition ${String(partition)}`, name, partition, spec);
  });
  const supervision = { ...others, strategy, name: name.supervisor, children };
  checkSupervision(call, supervision);
  return supervision;
}

/** The child that is a partition: what its spec starts gets the name of the partition. */
function partitionSpec<S>(
  call: string,
  name: PartitionName<S>,
  partition: number,
  given: StartSpec,
): ChildSpec {
  const spec = checkSpec(call, given);
  const start = async (parent: Self): Promise<Pid | Ignore> => {
    const started = await spec.start(parent);
    if (isPid(started)) await registerPartition(parent, name, partition, started, spec.shutdownMs);
    return started;
  };
  return { ...spec, id: String(partition), start };
}

/**
 * A process that cannot be found is none that runs: it is ended again. One that has ended by itself is none that failed to
 * start: what follows from that is for the supervisor to decide.
 */
async function registerPartition<S>(
  parent: Self,
  name: PartitionName<S>,
  partition: number,
  pid: Pid,
  shutdownMs: number | 'brutalKill',
): Promise<void> {
  try {
    parent.register(name.of(partition), pid);
  } catch (error) {
    if (nodeOfPid(pid) === parent.node.name && !parent.node.isAlive(pid)) return;
    parent.unlink(pid);
    await shutdownProcess(parent, pid, shutdownMs);
    throw error;
  }
}
