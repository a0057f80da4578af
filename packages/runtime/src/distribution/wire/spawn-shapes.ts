import { isPid } from '../../terms/pid';
import { isRef } from '../../terms/ref';
import { nodeItself, type RemoteCode, type SpawnTraits } from '../../terms/spawn-signal';
import type { NodeName } from '../../terms/node-name';
import { opcode } from './opcodes';
import { refuse } from './refuse-signal';
import type { WireSignal } from './wire-signal';

type Fields = readonly unknown[];

const linkBit = 1;
const monitorBit = 2;

/** How a new process and who asked for it are to be related, or are. */
export function relationBits({
  link,
  monitor,
}: {
  readonly link: boolean;
  readonly monitor: boolean;
}): number {
  return (link ? linkBit : 0) | (monitor ? monitorBit : 0);
}

/**
 * Turns the fields of the signals that start processes on other nodes into signals.
 * @param self the node that receives them
 * @throws BadFrameError if the fields are no such signal
 */
export function spawnSignalOf(fields: Fields, self: NodeName): WireSignal {
  return fields[0] === opcode.spawnRequest ? requestOf(fields, self) : replyOf(fields);
}

function requestOf(fields: Fields, self: NodeName): WireSignal {
  const [, ref, from, bits, code, args, label, mailbox] = fields;
  if (fields.length !== 8) return refuse('number of fields');
  if (!isRef(ref)) return refuse('ref');
  if (!isPid(from)) return refuse('pid');
  if (!Array.isArray(args)) return refuse('list of arguments');
  return {
    kind: 'spawnRequest',
    ref,
    from,
    to: { name: nodeItself, node: self },
    code: codeOf(code),
    args,
    ...relationOf(bits),
    options: traitsOf(label, mailbox),
  };
}

function replyOf(fields: Fields): WireSignal {
  const [, ref, to, bits, pid, problem] = fields;
  if (fields.length !== 6) return refuse('number of fields');
  if (!isRef(ref)) return refuse('ref');
  if (!isPid(to) || (pid !== null && !isPid(pid))) return refuse('pid');
  return { kind: 'spawnReply', ref, to, pid, problem, ...relationOf(bits) };
}

function relationOf(bits: unknown): { readonly link: boolean; readonly monitor: boolean } {
  if (typeof bits !== 'number' || ![0, 1, 2, 3].includes(bits)) return refuse('relation');
  return { link: (bits & linkBit) !== 0, monitor: (bits & monitorBit) !== 0 };
}

function codeOf(code: unknown): RemoteCode {
  const { module, fn, source } = (code ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof source === 'string') return { source };
  return typeof module === 'string' && typeof fn === 'string' ? { module, fn } : refuse('function');
}

/** What a process is like is checked where it is started. */
function traitsOf(label: unknown, mailbox: unknown): SpawnTraits {
  return {
    ...(label === undefined ? {} : { label: label as string }),
    ...(mailbox === undefined ? {} : { mailbox: mailbox as { maxMessages: number } }),
  };
}
