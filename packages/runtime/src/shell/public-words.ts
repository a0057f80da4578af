import { Agent, startAgent } from '../behaviours/agent';
import { AgentServer } from '../behaviours/agent-server';
import { startApplication } from '../behaviours/application';
import { continueWith, ignore, noReply, reply, ReplyPort, replyPort, stop } from '../behaviours/call-result';
import { childSpec } from '../behaviours/child-spec';
import { GenServer } from '../behaviours/gen-server';
import { startSupervisor, supervisorSpec } from '../behaviours/start-supervisor';
import { stopServer } from '../behaviours/stop-request';
import { Supervisor } from '../behaviours/supervisor';
import { readConfig } from '../distribution/boot/config-file';
import { syncNodes } from '../distribution/boot/sync-nodes';
import { consoleLogger, formatLogRecord, silentLogger } from '../node/logger';
import { Process } from '../node/process';
import { body } from '../rpc/body';
import { startNode } from '../start-node';
import { localName, LocalName } from '../terms/address';
import * as errors from '../terms/errors';
import { ProcessExit } from '../terms/exit-reason';
import { isNodeName, noNode } from '../terms/node-name';
import { isPid, nodeOfPid } from '../terms/pid';
import { isRef } from '../terms/ref';

const { show: _, ...errorClasses } = errors;

/** What a program imports from the package, and the prompt has without an import. */
export const publicWords: Readonly<Record<string, unknown>> = {
  ...{ Agent, startAgent, AgentServer },
  ...{ startApplication },
  ...{ GenServer, continueWith, ignore, noReply, reply, ReplyPort, replyPort, stop, stopServer },
  ...{ Supervisor, childSpec, startSupervisor, supervisorSpec },
  ...{ consoleLogger, formatLogRecord, silentLogger },
  ...{ Process, ProcessExit, body },
  ...{ startNode, readConfig, syncNodes },
  ...{ localName, LocalName, isNodeName, noNode, isPid, nodeOfPid, isRef },
  ...errorClasses,
};
