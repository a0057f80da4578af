// A node, and what it is started with
export { startNode } from './start-node';
export type { MessageIsolation, NodeOptions, WatchdogOptions } from './node-options';
export type { Limits } from './distribution/wire/limits';
export type {
  DialOptions,
  Listener,
  ListenOptions,
  Socket,
  SocketAddress,
  Transport,
} from './distribution/link/transport';
export type { Resolve } from './distribution/kernel/whereabouts';
export type { Node } from './node/node';
export type { NodeListKind } from './node/distribution';
export type { NodeEventMap } from './node/node-events';
export type { Clock, ClockTimer, Random } from './terms/clock';
export { isNodeName, noNode, type NodeName } from './terms/node-name';
export { readConfig, type NodeConfig } from './distribution/boot/config-file';
export { syncNodes, type SyncedNodes, type SyncNodesOptions } from './distribution/boot/sync-nodes';

// The log
export { consoleLogger, type ConsoleLoggerOptions } from './node/log/console-logger';
export { pinoLogger, type PinoLike } from './node/log/pino-logger';
export { silentLogger, type Logger } from './node/log/logger';
export { teeLogger } from './node/log/tee-logger';
export { formatLogRecord } from './node/log/record-text';
export { logRecordToJson } from './node/log/record-json';
export type { Log, LazyLogFields, LogText } from './node/log/log';
export type { LogFilter } from './node/log/log-filters';
export type { LogLevel, LogThreshold } from './node/log/log-level';
export type { LogLevels } from './node/log/log-levels';
export type { LogFields, LogOrigin, LogRecord, ReportRecord, TextRecord } from './node/log/log-record';
export type { LevelOwner, NodeLog } from './node/log/node-log';
export type { ProcessLog } from './node/log/process-log';
export type {
  AbsentNodesReport,
  ApplicationExitedReport,
  ApplicationSignalReport,
  ApplicationStartedReport,
  ApplicationStopReport,
  BlockedBy,
  BlockedReport,
  ConnectionReport,
  CrashReport,
  DiscoveryReport,
  DroppedReport,
  ErrorContext,
  LogErrorReport,
  Neighbour,
  MailboxFullReport,
  NodeErrorReport,
  ProgressReport,
  ReplyReport,
  Report,
  ReportedChild,
  SupervisorReport,
  TraceReport,
  UnexpectedMessageReport,
  UnknownCallReport,
} from './node/log/report';

// Processes and their messages
export type { SpawnOptions } from './node/spawn-options';
export type { MailboxFull, MailboxInfo, MailboxOptions, MailboxPolicy } from './terms/mailbox-options';
export { Process } from './node/process';
export type { AnySelf, Body, Monitored, ReceiveOptions, Received, Self, Starts } from './node/node';
export type { CallOptions, Verbs } from './node/verbs';
export type { ProcessInfo, ProcessItem, ProcessItems } from './node/process-info';
export type { ProcessStatus } from './process/local-process';
export type { ProcessClass, ServerClass, ServerOptions, StartArguments } from './node/launch';
export { isPid, nodeOfPid, type Pid } from './terms/pid';
export type { Alias, AliasKind, MonitorAliasKind } from './terms/alias';
export type { DemonitorOptions, MonitorOptions } from './node/monitor-options';
export { isRef, type Ref } from './terms/ref';
export type {
  Down,
  Exit,
  MonitoredName,
  NodeDown,
  NodeUp,
  RequestResponse,
  ResponseMessage,
  SystemMessage,
  TaskReply,
  Timeout,
  TimerTimeout,
} from './terms/message';
export { timer } from './node/timer';
export type { IncomingCall, IncomingCast } from './process/receiver';
export { ProcessExit, type ErrorData, type ExitReason, type Shutdown } from './terms/exit-reason';
export {
  localName,
  LocalName,
  type Address,
  type RegisteredName,
  type ServerName,
  type RemoteName,
  type ServerPid,
  type ServerRef,
  via,
} from './terms/address';
export { Via, type NameService } from './terms/via';

// Servers
export { GenServer } from './behaviours/gen-server';
export type { Call, ReplyOf } from './terms/protocol';
export type { From } from './terms/from';
export {
  continueWith,
  decline,
  hibernate,
  ignore,
  noReply,
  reply,
  ReplyPort,
  replyPort,
  stop,
  type CallResult,
  type Continue,
  type Decline,
  type Hibernate,
  type IdleOptions,
  type Ignore,
  type InitResult,
  type Next,
  type NoReply,
  type Reply,
  type Stop,
} from './behaviours/call-result';
export { stopServer } from './behaviours/stop-request';
export {
  checkResponse,
  receiveResponse,
  sendRequest,
  waitResponse,
  type AddTo,
  type DeleteOptions,
  type LabelledResponse,
  type NoRequest,
  type ResponseOptions,
  type ResponseTimeout,
} from './behaviours/send-request';
export { RequestIds } from './behaviours/request-ids';
export type { RequestId } from './behaviours/request-id';
export { abcast, multiCall, type MultiCallResult } from './behaviours/multi-call';
export { sys } from './behaviours/sys';
export type { ChangeCodeOptions } from './behaviours/change-code';
export { Registry } from './behaviours/registry';
export { registrySpec, startRegistry, type RegistryOptions } from './behaviours/start-registry';
export type { RegistryEntry } from './behaviours/registry-keys';
export type { RegistryArguments, RegistryKeys } from './behaviours/registry-options';
export type { RegistryServer } from './behaviours/registry-server';
export type { RegistryMessage } from './behaviours/registry-table';
export type { DebugFunction, Statistics } from './behaviours/observation';
export type { SystemEvent } from './terms/system-event';
export type { ServerStatus } from './behaviours/server-state';
export type { SystemStatus } from './behaviours/system-requests';
export {
  GenStatem,
  type StateAfterChange,
  type StateFunction,
  type StateFunctions,
  type StatemBefore,
} from './behaviours/gen-statem';
export {
  initialState,
  keepState,
  nextState,
  repeatState,
  stopAndReply,
  type InitialState,
  type KeepState,
  type NextState,
  type StatemInitResult,
  type StateResult,
  type StopAndReply,
} from './behaviours/state-result';
export {
  changeCallbackModule,
  eventTimeout,
  namedTimeout,
  nextEvent,
  popCallbackModule,
  postpone,
  pushCallbackModule,
  replyTo,
  stateTimeout,
  type AnyAction,
  type CallbackModule,
  type StatemAction,
  type TimeoutOptions,
} from './behaviours/state-action';
export type { StatemStatus } from './behaviours/statem-status';
export type {
  CallEvent,
  CastEvent,
  EnterEvent,
  EventTimeoutEvent,
  InfoEvent,
  InsertableEvent,
  InternalEvent,
  NamedTimeoutEvent,
  StatemEvent,
  StateTimeoutEvent,
  StatemTypes,
} from './behaviours/statem-types';
export { Agent, startAgent, type AgentOptions } from './behaviours/agent';
export { agentSpec } from './behaviours/agent-spec';
export { AgentServer, type AgentCall, type AgentCast } from './behaviours/agent-server';

// Supervision and applications
export { startSupervisor, supervisorSpec } from './behaviours/start-supervisor';
export { Supervisor } from './behaviours/supervisor';
export type { SupervisorOptions } from './behaviours/supervisor-options';
export type { AutoShutdown, Restart, Strategy as SupervisorStrategy } from './behaviours/restart-plan';
export type { Intensity } from './behaviours/restart-window';
export {
  childSpec,
  type ChildArguments,
  type ChildOptions,
  type ChildSpec,
  type ChildSpecData,
  type ProcessChildOptions,
  type StartSpec,
} from './behaviours/child-spec';
export type { ChildCounts, ChildInfo } from './behaviours/supervisor-protocol';
export type { FailedToStartChild } from './behaviours/supervisor-work';
export { DynamicSupervisor } from './behaviours/dynamic-supervisor';
export { dynamicSupervisorSpec, startDynamicSupervisor } from './behaviours/start-dynamic-supervisor';
export type { DynamicSupervisorOptions } from './behaviours/dynamic-supervisor-options';
export type { DynamicSpec } from './behaviours/dynamic-supervisor-protocol';
export { PartitionName, partitionName } from './behaviours/partition-name';
export type { PartitionKey } from './behaviours/partition-hash';
export { resizePartitions } from './behaviours/resize-partitions';
export {
  partitionSupervisorSpec,
  startPartitionSupervisor,
  type PartitionOptions,
} from './behaviours/partition-supervisor';
export { Application, type ApplicationInfo } from './behaviours/application';
export { defineApplication } from './behaviours/define-application';
export { startApplication } from './behaviours/start-application';
export type { ApplicationOptions, StartApplicationOptions } from './behaviours/application-options';
export type { AnyApplication, StartPhase } from './behaviours/application-options';
export type { EnvSchema } from './behaviours/env-schema';
export type { ApplicationConfig } from './terms/application-config';

// Tasks
export { Task } from './behaviours/task';
export { taskSpec } from './behaviours/task-spec';
export type { TaskWaitOptions, YieldManyOptions } from './behaviours/task-options';
export type { TaskOutcome } from './behaviours/task-outcome';
export type { TaskFunction } from './behaviours/task-run';
export type { AsyncStreamOptions, StreamFunction, StreamOutcome } from './behaviours/task-stream';
export {
  TaskSupervisor,
  type SupervisedStreamOptions,
  type TaskChildOptions,
} from './behaviours/task-supervisor';
export {
  startTaskSupervisor,
  taskSupervisorSpec,
  type TaskSupervisorOptions,
} from './behaviours/start-task-supervisor';

// Calls of exposed functions
export { body } from './rpc/body';
export type { Exposed, RemoteModule, Rpc, RpcModule, RpcOptions, RpcOutcome } from './node/rpc';

// The shell
export { startShell } from './start-shell';
export type { ShellOptions } from './shell/shell-options';

// Errors
export {
  ApplicationError,
  BadArgumentError,
  CallingSelfError,
  CallTimeoutError,
  ChildError,
  CodeChangeError,
  HandshakeError,
  MailboxFullError,
  NameTakenError,
  NoProcessError,
  NodeDownError,
  NotExposedError,
  NotServerError,
  RemoteError,
  ServerExitError,
  StartError,
  TaskExitError,
  TrestleError,
  UnsendableError,
  type ApplicationFault,
  type ChildFault,
  type HandshakeFailure,
} from './terms/errors';
export { NodeNameTakenError, PortMapperError } from './distribution/port-mapper/mapper-error';
