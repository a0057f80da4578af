import type { ExitReason } from '../../../terms/exit-reason';
import type { MailboxInfo } from '../../../terms/mailbox-options';
import type { NodeName } from '../../../terms/node-name';
import type { Pid } from '../../../terms/pid';
import type { SystemEvent } from '../../../terms/system-event';

/* What Trestle itself logs, as data: `type` tells the reports apart, as the labels of OTP's reports do. */

/** A process on this node that a crash takes along: it is linked to the one that crashed and does not trap exits. */
export interface Neighbour {
  readonly pid: Pid;
  readonly registeredName?: string;
  readonly label?: string;
  readonly initialCall?: string;
  readonly messageQueueLen: number;
}

/**
 * A process ended for a reason that is none of order: its code threw, or a server stopped so. Of a server its
 * `formatStatus` says what is shown. OTP: the crash report of `proc_lib`, and the error report of `gen_server`, in one.
 */
export interface CrashReport {
  readonly type: 'crash';
  readonly pid: Pid;
  readonly registeredName?: string;
  readonly label?: string;
  /** What kind of process: `'Process'` for one with a body. */
  readonly behaviour: string;
  /** The class or the function it was started with, if that has a name. */
  readonly initialCall?: string;
  /** Who started it, and who started that, as far as they are known: by registered name where they have one. */
  readonly ancestors: readonly string[];
  /** Why it ended; an error as data, with its stack. */
  readonly reason: ExitReason;
  /** What a server handled last. */
  readonly lastMessage?: unknown;
  /** Who waits for the reply to that, if it was a call. */
  readonly client?: Pid;
  /** The state of a server. */
  readonly state?: unknown;
  /** The last events of a server, if `sys.log` keeps them. */
  readonly log?: readonly SystemEvent[];
  readonly messageQueueLen: number;
  readonly trapExit: boolean;
  readonly links: readonly Pid[];
  readonly neighbours: readonly Neighbour[];
}

/** A child as its supervisor reports it. */
export interface ReportedChild {
  readonly id: string;
  /** Its process; it has none if it did not start. */
  readonly pid: Pid | undefined;
  readonly type: 'worker' | 'supervisor';
  readonly restart: 'permanent' | 'transient' | 'temporary';
  readonly shutdownMs: number | 'brutalKill';
  readonly significant: boolean;
}

/** In which phase a child gave trouble; `'shutdown'` is that of the supervisor, which gives up. OTP: `errorContext`. */
export type ErrorContext = 'startError' | 'childTerminated' | 'shutdownError' | 'shutdown';

/** A child ended by itself, or did not start or stop in order. OTP: supervisor report. */
export interface SupervisorReport {
  readonly type: 'supervisor';
  /** The name, the label or the pid of the supervisor. */
  readonly supervisor: string;
  readonly errorContext: ErrorContext;
  readonly reason: ExitReason;
  readonly offender: ReportedChild;
}

/** A supervisor has started a child, or started it again. OTP: progress report. */
export interface ProgressReport {
  readonly type: 'progress';
  readonly supervisor: string;
  readonly started: ReportedChild;
}

/** The supervision tree of an application runs. OTP: progress report of the application controller. */
export interface ApplicationStartedReport {
  readonly type: 'applicationStarted';
  readonly application: string;
  readonly startedAt: NodeName;
}

/** An application has ended. OTP: `{application_controller, exit}`. */
export interface ApplicationExitedReport {
  readonly type: 'applicationExited';
  readonly application: string;
  /** Why; `'stopped'` if it was asked to stop. */
  readonly exited: ExitReason;
  readonly kind: 'permanent' | 'transient' | 'temporary';
  /** Whether the node stops with it. */
  readonly stopsNode: boolean;
}

/** The OS has asked an application to stop. */
export interface ApplicationSignalReport {
  readonly type: 'applicationSignal';
  readonly application: string;
  readonly signal: string;
}

/** An application did not stop in order: it took too long, or one of its callbacks raised an error. */
export interface ApplicationStopReport {
  readonly type: 'applicationStop';
  readonly application: string;
  readonly problem:
    | { readonly kind: 'timeout'; readonly stopTimeoutMs: number }
    | { readonly kind: 'callback'; readonly callback: string; readonly error: unknown };
}

/** A server got a message that it does not handle. OTP: `{gen_server, no_handle_info}`. */
export interface UnexpectedMessageReport {
  readonly type: 'unexpectedMessage';
  readonly server: string;
  readonly message: unknown;
}

/** A server of Trestle's own got a call that it does not know, and refused it. */
export interface UnknownCallReport {
  readonly type: 'unknownCall';
  readonly server: string;
  readonly request: unknown;
  /** Who called. */
  readonly from: Pid;
}

/** A server of Trestle's own got a cast that it does not know, and dropped it. */
export interface UnknownCastReport {
  readonly type: 'unknownCast';
  readonly server: string;
  readonly request: unknown;
}

/** What another process wanted to be executed here was not, and it is not told, or not by an answer. */
export interface RefusedReport {
  readonly type: 'refused';
  readonly verb: 'rpc.cast' | 'spawnLinkOn' | 'spawnMonitorOn';
  /** The function that was not called, as `Module.fn` if it has a name. */
  readonly called: string;
  /** Who wanted it: a process; for a cast the node, which is all that is known. */
  readonly from?: Pid | NodeName;
  /** Why, in one line. */
  readonly problem: string;
}

/** What a server that is traced handles or replies. OTP: `sys:trace/2`. */
export interface TraceReport {
  readonly type: 'trace';
  readonly server: string;
  readonly event: SystemEvent;
}

/** The mailbox of a process is full, and loses what arrives. */
export interface MailboxFullReport {
  readonly type: 'mailboxFull';
  readonly pid: Pid;
  readonly registeredName?: string;
  readonly label?: string;
  /** How full it may be, and what was lost since the process started. */
  readonly mailbox: MailboxInfo;
  /** Whether the process ends, as the policy of its mailbox wants it. */
  readonly ends: boolean;
}

/** A process that has blocked the event loop, or may have. */
export interface BlockedBy {
  readonly pid: Pid;
  readonly registeredName?: string;
  readonly label?: string;
  /** The class it runs. */
  readonly module?: string;
  /** What of it was executed, if that is certain: `'handleCall'`, `'init'`, `'body'`. */
  readonly callback?: string;
  /** The message it handled, if that is certain: as the server's `formatStatus` shows it. */
  readonly message?: unknown;
}

/** A handler computed for so long that the whole node stood still. OTP: a system monitor's `long_schedule`. */
export interface BlockedReport {
  readonly type: 'blocked';
  /** For how many milliseconds. */
  readonly forMs: number;
  /** Whether it is known who it was. */
  readonly isCertain: boolean;
  /** Who it was; if that is not certain, all who may have been, unless it was code outside of processes. */
  readonly processes: readonly BlockedBy[];
}

/** Something of the node raised an error where nobody is left to catch it. */
export interface NodeErrorReport {
  readonly type: 'nodeError';
  /** What went wrong, in one line. */
  readonly problem: string;
  readonly error: unknown;
}

/** The reply to a call of another node could not be sent. */
export interface ReplyReport {
  readonly type: 'reply';
  /** The node that called, if that is known. */
  readonly to?: NodeName;
  /** What was called, by rpc. */
  readonly called?: string;
  readonly error: unknown;
}

/**
 * A connection to another node was not made, was refused, or was given up; or much waits to leave by it; or the node is
 * busy, or no more.
 */
export interface ConnectionReport {
  readonly type: 'connection';
  readonly event: 'failed' | 'refused' | 'closed' | 'busyDistPort' | 'pulse' | 'nodeBusy' | 'nodeReady';
  /** The other node, if it has said which. */
  readonly peer?: NodeName;
  /** The address of the other side, if that is known. */
  readonly address?: string;
  /** Of how many that were not logged one by one this is the last. */
  readonly more?: number;
  /** How often it was so, one time after another, if that is more than once. */
  readonly times?: number;
  readonly problem: string;
}

/** Nodes that were to be there are not. */
export interface AbsentNodesReport {
  readonly type: 'absentNodes';
  readonly nodes: readonly NodeName[];
  readonly withinMs: number;
}

/** What a topology of discovery did. */
export interface DiscoveryReport {
  readonly type: 'discovery';
  readonly topology: string;
  readonly event: string;
}

/** The log itself: what was taken out of it because it raised an error. OTP: `{removed_failing_filter, Id}`. */
export interface LogErrorReport {
  readonly type: 'logError';
  readonly filter: string;
  readonly error: unknown;
}

/** Records that were too many at once were dropped. */
export interface DroppedReport {
  readonly type: 'dropped';
  /** How many. */
  readonly records: number;
}

/** What Trestle logs as data; `type` tells which. */
export type Report =
  | CrashReport
  | SupervisorReport
  | ProgressReport
  | ApplicationStartedReport
  | ApplicationExitedReport
  | ApplicationSignalReport
  | ApplicationStopReport
  | UnexpectedMessageReport
  | UnknownCallReport
  | UnknownCastReport
  | RefusedReport
  | TraceReport
  | MailboxFullReport
  | BlockedReport
  | NodeErrorReport
  | ReplyReport
  | ConnectionReport
  | AbsentNodesReport
  | DiscoveryReport
  | LogErrorReport
  | DroppedReport;
