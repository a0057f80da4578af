import { checkName, localName, type LocalName } from '../terms/address';
import { BadArgumentError } from '../terms/errors';
import { systemCores } from '../node/system-cores';
import type { Supervisor } from './supervisor';

/** What is routed to a partition: a whole number names it, modulo the number of partitions; a string is hashed. */
export type PartitionKey = string | number | bigint;

/**
 * The name of a partitioned server `S`: the key of a request tells which of its processes is addressed. It knows the
 * number of partitions, so every node that has the same name sends a key to the same one.
 */
export class PartitionName<S> {
  /** Made by `partitionName`. */
  constructor(
    readonly name: string,
    readonly partitions: number,
  ) {}

  /** The supervisor of the partitions. */
  get supervisor(): LocalName<Supervisor> {
    return localName(this.name);
  }

  /**
   * The address of the partition that has a key, on this node; `of(key).on(node)` is that of another node.
   * OTP: `{:via, PartitionSupervisor, {name, key}}`.
   * @throws BadArgumentError if the key is neither a whole number nor a string
   */
  of(key: PartitionKey): LocalName<S> {
    return localName(`${this.name}/${String(this.partitionOf(key))}`);
  }

  /** The addresses of all partitions, in order. */
  all(): LocalName<S>[] {
    return Array.from({ length: this.partitions }, (_, partition) => this.of(partition));
  }

  /** Which partition has a key: from 0 to `partitions - 1`. */
  partitionOf(key: PartitionKey): number {
    if (typeof key === 'string') return hashOf(key) % this.partitions;
    if (typeof key === 'bigint') return Number((key < 0n ? -key : key) % BigInt(this.partitions));
    if (Number.isSafeInteger(key)) return Math.abs(key) % this.partitions;
    throw new BadArgumentError({
      call: `partition of '${this.name}'`,
      expected: 'a key: a whole number or a string',
      got: key,
    });
  }
}

/**
 * Names a server that is partitioned.
 * @param partitions how many partitions there are. Default: the number of cores of this machine; give a number if other
 *   nodes address them
 * @throws BadArgumentError if the name is none, or there is not a partition at least
 */
export function partitionName<S>(name: string, partitions: number = systemCores()): PartitionName<S> {
  const call = 'partitionName';
  checkName(call, name);
  if (!Number.isSafeInteger(partitions) || partitions < 1) {
    throw new BadArgumentError({ call, expected: 'a number of partitions: 1 or more', got: partitions });
  }
  return new PartitionName<S>(name, partitions);
}

/** FNV-1a over the code units, and a last mix, because similar keys must not fall into few partitions. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
