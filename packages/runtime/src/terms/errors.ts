import { cameByShutdown, describeReason, type ExitReason } from './exit-reason';
import { show } from './show';

/** The base of every error Trestle throws or rejects with: `code` is stable, the text is not. */
export abstract class TrestleError extends Error {
  /** What to tell errors apart by: the same in every version. */
  abstract readonly code: string;
  /** Whether the request that failed may have been handled all the same. */
  readonly mayHaveBeenHandled: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A wrong argument, refused at the door: nothing has happened. OTP: `badarg`. */
export class BadArgumentError extends TrestleError {
  readonly code = 'ERR_BAD_ARGUMENT';

  constructor(problem: { call: string; expected: string; got: unknown }) {
    super(`${problem.call}: expected ${problem.expected}, got ${show(problem.got)}`);
  }
}

/** No reply came in time; the request may have been handled, and a late reply is dropped. OTP: exit `{timeout, _}`. */
export class CallTimeoutError extends TrestleError {
  readonly code = 'ERR_CALL_TIMEOUT';
  override readonly mayHaveBeenHandled = true;

  constructor(call: string, timeoutMs: number) {
    super(`${call}: no reply within ${String(timeoutMs)} ms`);
  }
}

/** There is no such process; the request was not handled. OTP: exit `{noproc, _}`. */
export class NoProcessError extends TrestleError {
  readonly code = 'ERR_NOPROC';

  constructor(call: string) {
    super(`${call}: there is no such process`);
  }
}

/** The process is alive but no server: nothing in it answers such a request, which was not sent. OTP: a timeout. */
export class NotServerError extends TrestleError {
  readonly code = 'ERR_NOT_SERVER';

  constructor(call: string) {
    super(`${call}: the process is no server`);
  }
}

/** The mailbox of the server is as full as it may be; the request was not handled. */
export class MailboxFullError extends TrestleError {
  readonly code = 'ERR_MAILBOX_FULL';

  constructor(call: string) {
    super(`${call}: the mailbox of the server is full`);
  }
}

/** A process ended that was waited for. */
abstract class AwaitedExitError extends TrestleError {
  override readonly mayHaveBeenHandled = true;

  constructor(
    problem: string,
    readonly reason: ExitReason,
  ) {
    super(`${problem}: ${describeReason(reason)}`);
  }
}

/** The server ended before it replied; the request may have been handled. OTP: exit `{Reason, _}`. */
export class ServerExitError extends AwaitedExitError {
  readonly code = 'ERR_SERVER_EXIT';

  constructor(call: string, reason: ExitReason) {
    super(`${call}: the server ended before it replied`, reason);
  }

  get [cameByShutdown](): boolean {
    return this.reason === 'shutdown';
  }
}

/** The node was lost: the request may have been handled; or not reached: it was not. OTP: `{nodedown, Node}`. */
export class NodeDownError extends TrestleError {
  readonly code = 'ERR_NODEDOWN';

  constructor(
    call: string,
    readonly node: string,
    /** False if it was not reached. */
    override readonly mayHaveBeenHandled: boolean = true,
  ) {
    super(`${call}: node ${node} is down`);
  }
}

/** A process called itself, and would have waited for itself. OTP: exit `calling_self`. */
export class CallingSelfError extends TrestleError {
  readonly code = 'ERR_CALLING_SELF';

  constructor(call: string) {
    super(`${call}: a process cannot call itself`);
  }
}

/** A process did not start; it is gone and its name is free. OTP: `{error, Reason}` of `start`. */
export class StartError extends TrestleError {
  readonly code = 'ERR_START';

  constructor(
    call: string,
    readonly reason: ExitReason,
  ) {
    super(`${call}: ${describeReason(reason)}`);
  }
}

/** What keeps a supervisor from doing what it was asked about a child. OTP: the `Reason` of `{error, Reason}`. */
export type ChildFault =
  'notFound' | 'running' | 'restarting' | 'alreadyPresent' | 'alreadyStarted' | 'maxChildren';

const childFaults: Readonly<Record<ChildFault, string>> = {
  notFound: 'there is no such child',
  running: 'the child is running',
  restarting: 'the child is being restarted',
  alreadyPresent: 'there is such a child already, though it does not run',
  alreadyStarted: 'there is such a child already, and it runs',
  maxChildren: 'the supervisor has as many children as it may have',
};

/** A supervisor cannot do this with the child as it is; nothing has happened. */
export class ChildError extends TrestleError {
  readonly code = 'ERR_CHILD';

  constructor(
    call: string,
    readonly reason: ChildFault,
    /** The child's process, if it runs already. */
    readonly pid?: string,
  ) {
    super(`${call}: ${childFaults[reason]}`);
  }
}

/** A task ended without a result. OTP: exit `{Reason, {Task, await, _}}`. */
export class TaskExitError extends AwaitedExitError {
  readonly code = 'ERR_TASK_EXIT';

  constructor(call: string, reason: ExitReason) {
    super(`${call}: the task ended without a result`, reason);
  }

  get [cameByShutdown](): boolean {
    return this.reason === 'shutdown';
  }
}

/** What keeps an application from being what it is asked to be. OTP: the `Reason` of `{error, {Reason, App}}`. */
export type ApplicationFault = 'notStarted' | 'alreadyStarted' | 'notLoaded' | 'running';

const applicationFaults: Readonly<Record<ApplicationFault, string>> = {
  notStarted: 'the application does not run',
  alreadyStarted: 'the application runs already',
  notLoaded: 'no such application is loaded',
  running: 'the application runs',
};

/** This cannot be done with the application as it is; nothing has happened. */
export class ApplicationError extends TrestleError {
  readonly code = 'ERR_APPLICATION';

  constructor(
    call: string,
    readonly reason: ApplicationFault,
  ) {
    super(`${call}: ${applicationFaults[reason]}`);
  }
}

/** A server has not become one of another class: the old one is in place, as it was. OTP: `{error, Reason}`. */
export class CodeChangeError extends TrestleError {
  readonly code = 'ERR_CODE_CHANGE';

  constructor(
    call: string,
    /** `'notSuspended'`, or what its constructor or its `codeChange` threw. */
    readonly reason: ExitReason,
    options?: ErrorOptions,
  ) {
    const why = reason === 'notSuspended' ? 'it is not suspended' : describeReason(reason);
    super(`${call}: the old class runs on: ${why}`, options);
  }
}

/** The name belongs to another process. OTP: `{error, {already_started, Pid}}`. */
export class NameTakenError extends TrestleError {
  readonly code = 'ERR_NAME_TAKEN';

  constructor(
    call: string,
    readonly pid: string,
  ) {
    super(`${call}: the name is taken by ${pid}`);
  }
}

/** A value cannot travel to another node; nothing was sent. */
export class UnsendableError extends TrestleError {
  readonly code = 'ERR_UNSENDABLE';

  constructor(
    readonly path: string,
    /** What is there. */
    readonly what: string,
  ) {
    super(`${path}: ${what} cannot be sent to another node`);
  }
}

/** Why two nodes did not connect. */
export type HandshakeFailure = 'cookie' | 'tls' | 'notAllowed' | 'name' | 'version' | 'timeout' | 'protocol';

/** Two nodes could not agree to connect. */
export class HandshakeError extends TrestleError {
  readonly code = 'ERR_HANDSHAKE';

  constructor(
    readonly why: HandshakeFailure,
    message: string,
  ) {
    super(message);
  }
}

/** A function that was called on another node threw: `cause` is the error as data. OTP: erpc's `exception`. */
export class RemoteError extends TrestleError {
  readonly code = 'ERR_REMOTE';
  override readonly mayHaveBeenHandled = true;

  constructor(call: string, cause: unknown) {
    super(`${call}: ${describeReason(cause)}`, { cause });
  }
}

/** A function that was called on another node ended its process by `exit(reason)`. OTP: erpc's `exit:{exception, Reason}`. */
export class RemoteExitError extends AwaitedExitError {
  readonly code = 'ERR_REMOTE_EXIT';

  constructor(call: string, reason: ExitReason) {
    super(`${call}: the function exited`, reason);
  }
}

/**
 * The process that executed a function for another node was ended from outside before it was done. OTP: erpc's
 * `exit:{signal, Reason}`.
 */
export class RemoteKilledError extends AwaitedExitError {
  readonly code = 'ERR_REMOTE_KILLED';

  constructor(call: string, reason: ExitReason) {
    super(`${call}: the process of the function was ended`, reason);
  }
}

/**
 * The node does not execute functions that others send: it was started without `acceptFunctions: true`. Nothing was
 * called.
 */
export class FunctionsNotAcceptedError extends TrestleError {
  readonly code = 'ERR_FUNCTIONS_NOT_ACCEPTED';

  constructor(
    call: string,
    readonly node: string,
  ) {
    super(
      `${call}: node ${node} accepts no functions of other nodes (startNode({ acceptFunctions: true }) would)`,
    );
  }
}

/** The module or function is not exposed on that node, or not to this one; nothing was called. OTP: `undef`. */
export class NotExposedError extends TrestleError {
  readonly code = 'ERR_NOT_EXPOSED';

  constructor(
    call: string,
    /** What is missing. */
    readonly what: string,
  ) {
    super(`${call}: ${what}`);
  }
}
