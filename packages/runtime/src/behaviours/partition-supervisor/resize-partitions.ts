import { BadArgumentError } from '../../terms/errors';
import type { Verbs } from '../../node/verbs/verbs';
import { checkPartitions, PartitionName } from './partition-name';
import { Supervisor } from '../supervisor/supervisor';

/**
 * Changes how many partitions of a server run: those that are too many are stopped, the last ones first; those that are
 * missing are started. As many as there were at the start is the most. The new name is to be used from then on, by all
 * who use the old one: it is the name that routes keys. OTP: Elixir's `PartitionSupervisor.resize!/2`.
 * @param on the node of the partitions, or a process there
 * @param partitions how many shall run: 1 or more
 * @returns the name by which they are addressed then
 * @throws BadArgumentError if there never were so many; StartError if one did not start; NoProcessError
 */
export async function resizePartitions<S>(
  on: Verbs,
  name: PartitionName<S>,
  partitions: number,
): Promise<PartitionName<S>> {
  const call = 'resizePartitions';
  if (!((name as unknown) instanceof PartitionName)) {
    throw new BadArgumentError({ call, expected: 'a name made by partitionName', got: name });
  }
  checkPartitions(call, partitions);
  const { supervisor } = name;
  const children = await Supervisor.whichChildren(on, supervisor);
  if (partitions > children.length) {
    const expected = `a number of partitions: 1 to ${String(children.length)}`;
    throw new BadArgumentError({ call, expected, got: partitions });
  }
  for (const { id, pid } of children.slice(partitions).reverse()) {
    if (pid !== undefined) await Supervisor.terminateChild(on, supervisor, id);
  }
  for (const { id, pid } of children.slice(0, partitions)) {
    if (pid === undefined) await Supervisor.restartChild(on, supervisor, id);
  }
  return new PartitionName<S>(name.name, partitions);
}
