import { Agent, startAgent } from '../behaviours/agent/agent';
import { AgentServer } from '../behaviours/agent/agent-server';
import { agentSpec } from '../behaviours/agent/agent-spec';
import { Application } from '../behaviours/application/application';
import {
  continueWith,
  decline,
  hibernate,
  ignore,
  noReply,
  reply,
  ReplyPort,
  replyPort,
  stop,
} from '../behaviours/gen-server/call-result';
import { childSpec } from '../behaviours/supervisor/child-spec';
import { defineApplication } from '../behaviours/application/define-application';
import { DynamicSupervisor } from '../behaviours/dynamic-supervisor/dynamic-supervisor';
import { GenStatem } from '../behaviours/gen-statem/gen-statem';
import * as stateActionWords from '../behaviours/gen-statem/state-action';
import {
  initialState,
  keepState,
  nextState,
  repeatState,
  stopAndReply,
} from '../behaviours/gen-statem/state-result';
import { GenServer } from '../behaviours/gen-server/gen-server';
import { RequestIds } from '../behaviours/gen-server/requests/request-ids';
import {
  checkResponse,
  receiveResponse,
  sendRequest,
  waitResponse,
} from '../behaviours/gen-server/requests/send-request';
import { abcast, multiCall } from '../behaviours/gen-server/requests/multi-call';
import { Registry } from '../behaviours/registry/registry';
import { registrySpec, startRegistry } from '../behaviours/registry/start-registry';
import { PartitionName, partitionName } from '../behaviours/partition-supervisor/partition-name';
import {
  partitionSupervisorSpec,
  startPartitionSupervisor,
} from '../behaviours/partition-supervisor/partition-supervisor';
import { resizePartitions } from '../behaviours/partition-supervisor/resize-partitions';
import {
  dynamicSupervisorSpec,
  startDynamicSupervisor,
} from '../behaviours/dynamic-supervisor/start-dynamic-supervisor';
import { startTaskSupervisor, taskSupervisorSpec } from '../behaviours/task/start-task-supervisor';
import { startApplication } from '../behaviours/application/start-application';
import { startSupervisor, supervisorSpec } from '../behaviours/supervisor/start-supervisor';
import { startMonitor } from '../behaviours/gen-server/start-monitor';
import { stopServer } from '../behaviours/gen-server/stop-server';
import { Supervisor } from '../behaviours/supervisor/supervisor';
import { Task } from '../behaviours/task/task';
import { taskSpec } from '../behaviours/task/task-spec';
import { TaskSupervisor } from '../behaviours/task/task-supervisor';
import { sys } from '../behaviours/sys/sys';
import { readConfig } from '../distribution/boot/config-file';
import { syncNodes } from '../distribution/boot/sync-nodes';
import { NodeNameTakenError, PortMapperError } from '../distribution/port-mapper/mapper-error';
import { consoleLogger } from '../node/log/loggers/console-logger';
import { silentLogger } from '../node/log/loggers/logger';
import { pinoLogger } from '../node/log/loggers/pino-logger';
import { logRecordToJson } from '../node/log/loggers/record-json';
import { formatLogRecord } from '../node/log/loggers/record-text';
import { teeLogger } from '../node/log/loggers/tee-logger';
import { Process } from '../node/process';
import { body } from '../rpc/body';
import { timer } from '../node/verbs/timer';
import { startNode } from '../start-node';
import { localName, LocalName, via } from '../terms/address';
import * as errors from '../terms/errors';
import { ProcessExit } from '../terms/exit-reason';
import { isNodeName, noNode } from '../terms/node-name';
import { isPid, nodeOfPid } from '../terms/pid';
import { isRef } from '../terms/ref';
import { Via } from '../terms/via';

const { ActionTerm: _, ...stateActions } = stateActionWords;

/** What a program imports from the package, and the prompt has without an import. */
export const publicWords: Readonly<Record<string, unknown>> = {
  ...{ Agent, startAgent, agentSpec, AgentServer },
  ...{ Application, defineApplication, startApplication },
  ...{
    GenServer,
    continueWith,
    decline,
    hibernate,
    ignore,
    noReply,
    reply,
    ReplyPort,
    replyPort,
    stop,
    startMonitor,
    stopServer,
  },
  ...{ GenStatem, initialState, keepState, nextState, repeatState, stopAndReply },
  ...stateActions,
  ...{ sys, timer, abcast, multiCall },
  ...{ sendRequest, receiveResponse, waitResponse, checkResponse, RequestIds },
  ...{ Registry, registrySpec, startRegistry },
  ...{ Supervisor, childSpec, startSupervisor, supervisorSpec },
  ...{ DynamicSupervisor, dynamicSupervisorSpec, startDynamicSupervisor },
  ...{ PartitionName, partitionName, partitionSupervisorSpec, resizePartitions, startPartitionSupervisor },
  ...{ Task, taskSpec, TaskSupervisor, startTaskSupervisor, taskSupervisorSpec },
  ...{ consoleLogger, formatLogRecord, logRecordToJson, pinoLogger, silentLogger, teeLogger },
  ...{ Process, ProcessExit, body },
  ...{ startNode, readConfig, syncNodes },
  ...{ localName, LocalName, via, Via, isNodeName, noNode, isPid, nodeOfPid, isRef },
  ...errors,
  ...{ NodeNameTakenError, PortMapperError },
};
