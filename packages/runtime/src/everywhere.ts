// What both doors of the package open on: that for Node (`index.ts`), and that for a browser (`browser.ts`).

// A node, and what it is started with
export type { TlsSource } from './node/options/tls-options';
export type { MessageIsolation, NodeOptions } from './node-options';
export type { PulseOptions, RedialOptions, SendBufferOptions, WatchdogOptions } from './node-options';
export type { DistMode } from './distribution/reconnection/auto-connect';
export type { Limits } from './distribution/wire/limits';
export type { Node } from './node/node';
export type { DrainOptions } from './node/options/drain-options';
export type { MonitorNodesOptions } from './node/monitors/monitor-nodes-options';
export type { SetCookieOptions } from './node/options/cookie-options';
export type { NodeListKind } from './node/distribution';
export type { NodeEventMap } from './node/node-events';
export type { BackOff } from './terms/back-off';
export type { Clock, ClockTimer, Random } from './terms/clock';
export { isNodeName, noNode, type NodeName } from './terms/node-name';
export { syncNodes, type SyncedNodes, type SyncNodesOptions } from './distribution/boot/sync-nodes';

// The log
export type { Burst } from './node/log/loggers/burst-limit';
export { consoleLogger, type ConsoleLoggerOptions } from './node/log/loggers/console-logger';
export { pinoLogger, type PinoLevel, type PinoLike } from './node/log/loggers/pino-logger';
export { silentLogger, type Logger } from './node/log/loggers/logger';
export { teeLogger } from './node/log/loggers/tee-logger';
export { formatLogRecord } from './node/log/loggers/record-text';
export { logRecordToJson } from './node/log/loggers/record-json';
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
} from './node/log/reports/report';
export type { ApplicationStartedReport, ApplicationStopReport, BlockedBy } from './node/log/reports/report';
export type {
  BlockedReport,
  ConnectionReport,
  CrashReport,
  DiscoveryReport,
} from './node/log/reports/report';
export type { DroppedReport, ErrorContext, LogErrorReport, Neighbour } from './node/log/reports/report';
export type {
  MailboxFullReport,
  NodeErrorReport,
  ProgressReport,
  RefusedReport,
  ReplyReport,
} from './node/log/reports/report';
export type { Report, ReportedChild, SupervisorReport, TraceReport } from './node/log/reports/report';
export type {
  UnexpectedMessageReport,
  UnknownCallReport,
  UnknownCastReport,
} from './node/log/reports/report';

// Processes and their messages
export type { SpawnMonitorOptions, SpawnOptions, SpawnRequestOptions } from './node/spawn/spawn-options';
export type { Monitored, RemoteArgs, RemoteBody } from './node/spawn/spawn-verbs';
export type { SpawnsLinked, SpawnsOn } from './node/spawn/spawn-verbs';
export type { MailboxFull, MailboxInfo, MailboxOptions, MailboxPolicy } from './terms/mailbox-options';
export { Process } from './node/process';
export type { AnySelf, Body, Self, Starts } from './node/node';
export type { Received, ReceiveOptions } from './node/verbs/received';
export type { CallOptions, Receiver, Verbs } from './node/verbs/verbs';
export type { NosuspendOptions, SendOutcome, SuspendOptions } from './node/signals/send-options';
export type { ProcessInfo, ProcessItem, ProcessItems } from './node/process-info';
export type { ProcessStatus } from './process/local-process';
export type { ProcessClass, ServerClass, ServerOptions, StartArguments } from './node/spawn/launch';
export { isPid, nodeOfPid, type Pid } from './terms/pid';
export type { Alias, AliasKind, MonitorAliasKind } from './terms/alias';
export type { BusyDistPort, FreeDistPort } from './terms/busy-dist-port';
export type { DemonitorOptions, MonitorOptions } from './node/monitors/monitor-options';
export { isRef, type Ref } from './terms/ref';
export type { MappedNames } from './terms/mapped-names';
export type { NodeBusy, NodeReady } from './terms/node-busy';
export type {
  Down,
  Exit,
  MonitoredName,
  NodeDown,
  NodeLeaving,
  NodeType,
  NodeUp,
  RequestResponse,
} from './terms/message';
export type { ResponseMessage, SystemMessage, TaskReply, Timeout, TimerTimeout } from './terms/message';
export type { SpawnReply } from './terms/message';
export { timer } from './node/verbs/timer';
export type { IncomingCall, IncomingCast } from './process/seen-message';
export { ProcessExit, type ErrorData, type ExitReason, type Shutdown } from './terms/exit-reason';
export { localName, LocalName, type Address, type RegisteredName, type ServerName } from './terms/address';
export { type RemoteName, type ServerPid, type ServerRef, via } from './terms/address';
export { Via, type NameService } from './terms/via';

// Servers
export { GenServer } from './behaviours/gen-server/gen-server';
export type { Call, ReplyOf } from './terms/protocol';
export type { From } from './terms/from';
export { continueWith, decline, hibernate, ignore, noReply } from './behaviours/gen-server/call-result';
export { reply, ReplyPort, replyPort, stop, type CallResult } from './behaviours/gen-server/call-result';
export type { Continue, Decline, Hibernate } from './behaviours/gen-server/call-result';
export type { IdleOptions, Ignore, InitResult } from './behaviours/gen-server/call-result';
export type { Next, NoReply, Reply, Stop } from './behaviours/gen-server/call-result';
export { startMonitor, type MonitoredServer } from './behaviours/gen-server/start-monitor';
export { stopServer } from './behaviours/gen-server/stop-server';
export { checkResponse, receiveResponse, sendRequest } from './behaviours/gen-server/requests/send-request';
export { waitResponse, type AddTo, type DeleteOptions } from './behaviours/gen-server/requests/send-request';
export type { LabelledResponse, NoRequest } from './behaviours/gen-server/requests/send-request';
export type { ResponseOptions, ResponseTimeout } from './behaviours/gen-server/requests/send-request';
export { RequestIds } from './behaviours/gen-server/requests/request-ids';
export type { RequestId } from './behaviours/gen-server/requests/request-id';
export { abcast, multiCall, type MultiCallResult } from './behaviours/gen-server/requests/multi-call';
export { sys } from './behaviours/sys/sys';
export type { ChangeCodeOptions } from './behaviours/sys/change-code';
export { Registry } from './behaviours/registry/registry';
export { registrySpec, startRegistry, type RegistryOptions } from './behaviours/registry/start-registry';
export type { RegistryEntry } from './behaviours/registry/registry-keys';
export type { RegistryArguments, RegistryKeys } from './behaviours/registry/registry-options';
export type { RegistryServer } from './behaviours/registry/registry-server';
export type { RegistryMessage } from './behaviours/registry/registry-table';
export type { DebugFunction, Statistics } from './behaviours/sys/observation';
export type { SystemEvent } from './terms/system-event';
export type { ServerStatus } from './behaviours/gen-server/server-state';
export type { SystemStatus } from './behaviours/sys/system-requests';
export { GenStatem, type StateAfterChange, type StateFunction } from './behaviours/gen-statem/gen-statem';
export type { StateFunctions, StatemBefore } from './behaviours/gen-statem/gen-statem';
export { initialState, keepState, nextState, repeatState } from './behaviours/gen-statem/state-result';
export { stopAndReply, type InitialState, type KeepState } from './behaviours/gen-statem/state-result';
export type { NextState, StatemInitResult } from './behaviours/gen-statem/state-result';
export type { StateResult, StopAndReply } from './behaviours/gen-statem/state-result';
export { changeCallbackModule, eventTimeout, namedTimeout } from './behaviours/gen-statem/state-action';
export { nextEvent, popCallbackModule, postpone } from './behaviours/gen-statem/state-action';
export { pushCallbackModule, replyTo, stateTimeout } from './behaviours/gen-statem/state-action';
export type { AnyAction, CallbackModule, StatemAction } from './behaviours/gen-statem/state-action';
export type { TimeoutOptions } from './behaviours/gen-statem/state-action';
export type { StatemStatus } from './behaviours/gen-statem/statem-status';
export type { CallEvent, CastEvent, EnterEvent } from './behaviours/gen-statem/statem-types';
export type { EventTimeoutEvent, InfoEvent, InsertableEvent } from './behaviours/gen-statem/statem-types';
export type { InternalEvent, NamedTimeoutEvent, StatemEvent } from './behaviours/gen-statem/statem-types';
export type { StateTimeoutEvent, StatemTypes } from './behaviours/gen-statem/statem-types';
export { Agent, startAgent, type AgentOptions } from './behaviours/agent/agent';
export { agentSpec } from './behaviours/agent/agent-spec';
export {
  AgentServer,
  type AgentCall,
  type AgentCast,
  type AgentFunction,
} from './behaviours/agent/agent-server';

// Supervision and applications
export { startSupervisor, supervisorSpec } from './behaviours/supervisor/start-supervisor';
export { Supervisor } from './behaviours/supervisor/supervisor';
export type { SupervisorOptions } from './behaviours/supervisor/supervisor-options';
export type { AutoShutdown, Restart, SupervisorStrategy } from './behaviours/supervisor/restart-plan';
export type { Intensity } from './behaviours/supervisor/restart-window';
export { childSpec, type ChildArguments, type ChildOptions } from './behaviours/supervisor/child-spec';
export type { ChildSpec, ChildSpecData } from './behaviours/supervisor/child-spec';
export type { ProcessChildOptions, StartSpec } from './behaviours/supervisor/child-spec';
export type { ChildCounts, ChildInfo } from './behaviours/supervisor/supervisor-protocol';
export type { FailedToStartChild } from './behaviours/supervisor/supervisor-work';
export { DynamicSupervisor } from './behaviours/dynamic-supervisor/dynamic-supervisor';
export {
  dynamicSupervisorSpec,
  startDynamicSupervisor,
} from './behaviours/dynamic-supervisor/start-dynamic-supervisor';
export type { DynamicSupervisorOptions } from './behaviours/dynamic-supervisor/dynamic-supervisor-options';
export type { DynamicSpec } from './behaviours/dynamic-supervisor/dynamic-supervisor-protocol';
export { PartitionName, partitionName } from './behaviours/partition-supervisor/partition-name';
export type { PartitionKey } from './behaviours/partition-supervisor/partition-hash';
export { resizePartitions } from './behaviours/partition-supervisor/resize-partitions';
export { partitionSupervisorSpec } from './behaviours/partition-supervisor/partition-supervisor';
export { startPartitionSupervisor } from './behaviours/partition-supervisor/partition-supervisor';
export type { PartitionOptions } from './behaviours/partition-supervisor/partition-supervisor';
export { Application, type ApplicationInfo } from './behaviours/application/application';
export { defineApplication } from './behaviours/application/define-application';
export { startApplication } from './behaviours/application/start-application';
export type {
  AnyEnv,
  ApplicationOptions,
  ApplicationType,
  StartApplicationOptions,
  StartedTree,
} from './behaviours/application/application-options';
export type { AnyApplication, StartPhase } from './behaviours/application/application-options';
export type { EnvSchema } from './behaviours/application/env-schema';
export type { ApplicationConfig } from './terms/application-config';

// Tasks
export { Task } from './behaviours/task/task';
export { taskSpec } from './behaviours/task/task-spec';
export type { TaskWaitOptions, YieldManyOptions } from './behaviours/task/task-options';
export type { TaskOutcome } from './behaviours/task/task-outcome';
export type { TaskFunction } from './behaviours/task/task-run';
export type { AsyncStreamOptions, StreamFunction, StreamOutcome } from './behaviours/task/task-stream';
export { TaskSupervisor, type SupervisedStreamOptions } from './behaviours/task/task-supervisor';
export type { TaskChildOptions, TaskSupervisorRef } from './behaviours/task/task-supervisor';
export { startTaskSupervisor, taskSupervisorSpec } from './behaviours/task/start-task-supervisor';
export type { TaskSupervisorOptions } from './behaviours/task/start-task-supervisor';

// Calls of exposed functions
export { body } from './rpc/body';
export type { RpcAccess, RpcRule } from './node/options/rpc-access';
export type {
  AddRpcTo,
  Exposed,
  LabelledRpcResponse,
  RemoteModule,
  Rpc,
  RpcModule,
  RpcOptions,
  RpcOutcome,
  RpcRequest,
  RpcRequests,
  RpcRequestsOptions,
  RpcResponse,
  RemoteFunction,
} from './node/rpc';

// Errors
export { ApplicationError, BadArgumentError, CallingSelfError, CallTimeoutError } from './terms/errors';
export { ChildError, CodeChangeError, FunctionsNotAcceptedError } from './terms/errors';
export { HandshakeError, MailboxFullError } from './terms/errors';
export { NameTakenError, NoProcessError, NodeDownError, NotExposedError } from './terms/errors';
export { NotServerError, RemoteError, ServerExitError, StartError, TaskExitError } from './terms/errors';
export { RemoteExitError, RemoteKilledError } from './terms/errors';
export { TrestleError, UnsendableError, type ApplicationFault, type ChildFault } from './terms/errors';
export type { HandshakeFailure } from './terms/errors';
