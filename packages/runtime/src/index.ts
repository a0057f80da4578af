export { startNode } from './start-node';
export { startShell } from './start-shell';
export type { ShellOptions } from './shell/shell-options';
export type { NodeOptions } from './node-options';
export type { Limits } from './distribution/wire/limits';
export type { Resolve } from './distribution/kernel/whereabouts';
export type { Body, Monitored, Node, ReceiveOptions, Received, Self } from './node/node';
export { Process } from './node/process';
export type { CallOptions } from './node/verbs';
export type { ProcessClass, ServerClass, ServerOptions, StartArguments } from './node/launch';
export type { Exposed, RemoteModule, Rpc, RpcModule, RpcOptions, RpcOutcome } from './node/rpc';
export type { NodeListKind } from './node/distribution';
export {
  consoleLogger,
  formatLogRecord,
  silentLogger,
  type Logger,
  type LogLevel,
  type LogRecord,
} from './node/logger';
export { GenServer } from './behaviours/gen-server';
export {
  continueWith,
  ignore,
  noReply,
  reply,
  ReplyPort,
  replyPort,
  stop,
  type CallResult,
  type Continue,
  type InitResult,
  type Next,
  type NoReply,
  type Reply,
  type Stop,
} from './behaviours/call-result';
export { stopServer } from './behaviours/stop-request';
export {
  childSpec,
  type ChildArguments,
  type ChildOptions,
  type ChildSpec,
  type StartSpec,
} from './behaviours/child-spec';
export { startSupervisor, supervisorSpec } from './behaviours/start-supervisor';
export { Supervisor } from './behaviours/supervisor';
export type { SupervisorOptions } from './behaviours/supervisor-options';
export type { ChildCounts, ChildInfo } from './behaviours/supervisor-protocol';
export type { FailedToStartChild } from './behaviours/supervisor-work';
export { startApplication } from './behaviours/application';
export type { Application, ApplicationOptions } from './behaviours/application-options';
export { Agent, startAgent, type AgentOptions } from './behaviours/agent';
export { AgentServer, type AgentCall, type AgentCast } from './behaviours/agent-server';
export type { AutoShutdown, Restart, Strategy as SupervisorStrategy } from './behaviours/restart-plan';
export type { Intensity } from './behaviours/restart-window';
export {
  localName,
  LocalName,
  type Address,
  type RemoteName,
  type RegisteredName,
  type ServerPid,
  type ServerRef,
} from './terms/address';
export { readConfig, type NodeConfig } from './distribution/boot/config-file';
export { syncNodes, type SyncedNodes, type SyncNodesOptions } from './distribution/boot/sync-nodes';
export { isPid, nodeOfPid, type Pid } from './terms/pid';
export { isRef, type Ref } from './terms/ref';
export { isNodeName, noNode, type NodeName } from './terms/node-name';
export type { From } from './terms/from';
export type { Call, ReplyOf } from './terms/protocol';
export type { Down, Exit, MonitoredName, NodeDown, NodeUp, SystemMessage } from './terms/message';
export type { IncomingCall, IncomingCast } from './process/receiver';
export type { ErrorData, ExitReason, Shutdown } from './terms/exit-reason';
export { ProcessExit } from './terms/exit-reason';
export type { Clock, ClockTimer, Random } from './terms/clock';
export {
  BadArgumentError,
  CallingSelfError,
  CallTimeoutError,
  ChildError,
  HandshakeError,
  NameTakenError,
  NoProcessError,
  NodeDownError,
  NotExposedError,
  RemoteError,
  ServerExitError,
  StartError,
  TrestleError,
  UnsendableError,
  type ChildFault,
  type HandshakeFailure,
} from './terms/errors';
export { body } from './rpc/body';
