import { BadArgumentError } from '../terms/errors';
import type { MailboxInfo } from '../terms/mailbox-options';
import type { MonitoredName } from '../terms/message';
import type { NodeName } from '../terms/node-name';
import { checkOwnPid, type Pid } from '../terms/pid';
import type { LocalProcess, ProcessStatus } from '../process/local-process';
import type { ProcessTable } from '../process/process-table';
import { seenMessage } from '../process/seen-message';

/** What can be seen of a process from outside. OTP: what `process_info/1` returns. */
export interface ProcessInfo {
  readonly pid: Pid;
  readonly status: ProcessStatus;
  /** The class it runs, `'Process'` for a body that is a function; `undefined` while it waits for its name. */
  readonly module: string | undefined;
  /** Its name on this node. */
  readonly registeredName: string | undefined;
  readonly label: string | undefined;
  /** Who started it, if a process of its node did. */
  readonly parent: Pid | undefined;
  readonly trapExit: boolean;
  readonly links: readonly Pid[];
  /** What it monitors, once for each monitor: by pid, or by name if it is monitored by that. */
  readonly monitors: readonly (Pid | MonitoredName)[];
  /** Who monitors it, once for each monitor. */
  readonly monitoredBy: readonly Pid[];
  readonly messageQueueLen: number;
  /** How full its mailbox may be, and what was not taken in because it was full. */
  readonly mailbox: MailboxInfo;
}

/** Everything that can be asked about a process. */
export interface ProcessItems extends ProcessInfo {
  /** The messages in its mailbox, as `receive` would give them. */
  readonly messages: readonly unknown[];
}

/** The name of one of them, for `node.processInfo(pid, items)`. OTP: the `Item` of `process_info/2`. */
export type ProcessItem = keyof ProcessItems;

type Readers = {
  readonly [Item in ProcessItem]: (process: LocalProcess, table: ProcessTable) => ProcessItems[Item];
};

const readers: Readers = {
  pid: ({ pid }) => pid,
  status: ({ status }) => status,
  module: ({ module }) => module,
  registeredName: ({ name }) => name ?? undefined,
  label: ({ label }) => label ?? undefined,
  parent: ({ parent }) => parent ?? undefined,
  trapExit: ({ trapsExits }) => trapsExits,
  links: (process) => process.links(),
  monitors: monitorsOf,
  monitoredBy: (process) => process.watchers(),
  messageQueueLen: ({ queueLength }) => queueLength,
  mailbox: ({ mailboxInfo }) => mailboxInfo,
  messages: messagesOf,
};

const items = Object.keys(readers) as ProcessItem[];
const usualItems = items.filter((item) => item !== 'messages');

/** Where the processes of a node are. */
interface Processes {
  readonly name: NodeName;
  readonly table: ProcessTable;
}

/** Tells about a process of a node; `undefined` if it has ended. */
export function processInfo(
  { name, table }: Processes,
  pid: Pid,
  wanted: readonly ProcessItem[] = usualItems,
): Partial<ProcessItems> | undefined {
  checkItems(wanted);
  const process = table.get(checkOwnPid('processInfo', pid, name));
  if (process === undefined) return undefined;
  return Object.fromEntries(wanted.map((item) => [item, readers[item](process, table)]));
}

function checkItems(wanted: unknown): void {
  if (Array.isArray(wanted) && wanted.every((item) => items.includes(item as ProcessItem))) return;
  const expected = `an array of items: '${items.join("', '")}'`;
  throw new BadArgumentError({ call: 'processInfo', expected, got: wanted });
}

/** What a process of this node is monitored by, its pid or its name, that one knows. */
function monitorsOf({ monitored }: LocalProcess, table: ProcessTable): (Pid | MonitoredName)[] {
  return monitored.map(([ref, to]) => (typeof to === 'string' && table.get(to)?.watchedAs(ref)) || to);
}

function messagesOf({ mailbox }: LocalProcess): unknown[] {
  return Array.from({ length: mailbox.length }, (_, index) =>
    seenMessage(mailbox.messageAt(index), mailbox.labelAt(index)),
  );
}
