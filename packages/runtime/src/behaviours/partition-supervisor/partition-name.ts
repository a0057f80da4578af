import { checkName, localName, type LocalName } from '../../terms/address';
import { BadArgumentError } from '../../terms/errors';
import { systemCores } from '../../node/system/system-cores';
import { hashOfKey, type PartitionKey } from './partition-hash';
import type { Supervisor } from '../supervisor/supervisor';

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
   * @throws BadArgumentError if the key is no plain data
   */
  of(key: PartitionKey): LocalName<S> {
    return localName(`${this.name}/${String(this.partitionOf(key))}`);
  }

  /** The addresses of all partitions, in order. */
  all(): LocalName<S>[] {
    return Array.from({ length: this.partitions }, (_, partition) => this.of(partition));
  }

  /**
   * Which partition has a key: from 0 to `partitions - 1`.
   * @throws BadArgumentError if the key is no plain data
   */
  partitionOf(key: PartitionKey): number {
    if (typeof key === 'bigint') return Number((key < 0n ? -key : key) % BigInt(this.partitions));
    if (Number.isInteger(key)) return Math.abs(key as number) % this.partitions;
    const hash = hashOfKey(key);
    if (hash !== undefined) return hash % this.partitions;
    const expected = 'a key: a whole number, a string, or plain data';
    throw new BadArgumentError({ call: `partition of '${this.name}'`, expected, got: key });
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
  return new PartitionName<S>(checkName(call, name), checkPartitions(call, partitions));
}

/** Checks a number of partitions at the door. */
export function checkPartitions(call: string, partitions: unknown): number {
  if (Number.isSafeInteger(partitions) && (partitions as number) >= 1) return partitions as number;
  throw new BadArgumentError({ call, expected: 'a number of partitions: 1 or more', got: partitions });
}
