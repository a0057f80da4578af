import { FunctionsNotAcceptedError, NotExposedError } from '../../terms/errors';
import { errorToData, reasonOfThrown } from '../../terms/exit-reason';
import type { SpawnRequestSignal } from '../../terms/spawn-signal';
import { checkOptions } from '../../terms/options';
import type { LocalProcess } from '../../process/local-process';
import type { LocalNode } from '../local-node';
import type { Body } from '../node';
import { spawnBody } from '../process';
import { refusedReport } from '../code/refused-code';
import { spawnOptionsSchema } from './spawn-options';
import { refusal } from './spawn-requests';

/** Finds what a new process is to execute. @throws TrestleError if there is no such code here, or it is not accepted */
export type FindBody = (request: SpawnRequestSignal) => Body<unknown>;

/**
 * Starts processes that other nodes, or processes of this one, ask for by a signal. The answer leaves before the new
 * process has its first turn, so that nothing of it comes sooner.
 */
export function spawnPerformer(local: LocalNode, findBody: FindBody): (request: SpawnRequestSignal) => void {
  return (request) => {
    try {
      checkOptions('spawnOn', spawnOptionsSchema, request.options);
      const body = bodyOf(local, request, findBody);
      const adopt = (process: LocalProcess): void => {
        adoptFor(local, process, request);
      };
      const launcher = { local, starter: null, link: false, adopt };
      spawnBody('spawnOn', launcher, body, request.options);
    } catch (error) {
      local.router.route(refusal(request, problemOf(error)));
    }
  };
}

/**
 * Where a link or a monitor tells of the end, code that is not there is the end of a process, as in OTP (`undef`);
 * nobody else would be told of that, so it is refused.
 */
function bodyOf(local: LocalNode, request: SpawnRequestSignal, findBody: FindBody): Body<unknown> {
  try {
    return findBody(request);
  } catch (error) {
    const { code, from } = request;
    const verb = verbOf(request);
    if (verb === 'spawnOn') throw error;
    local.log.report('warning', refusedReport(verb, code, error, from));
    const reason = reasonOfThrown(error);
    return (self) => self.exit(reason);
  }
}

/** The verb by which a process is asked for, as far as its request tells. */
export function verbOf({ link, monitor }: SpawnRequestSignal): 'spawnOn' | 'spawnLinkOn' | 'spawnMonitorOn' {
  if (link) return 'spawnLinkOn';
  return monitor ? 'spawnMonitorOn' : 'spawnOn';
}

/** Makes a process that does nothing yet the child of who asked for it, and says so. */
function adoptFor(local: LocalNode, process: LocalProcess, request: SpawnRequestSignal): void {
  const { ref, from, link, monitor } = request;
  process.parent = from;
  process.leader = local.table.get(from)?.leader ?? null;
  if (link) process.addLink(from);
  if (monitor) process.addWatcher({ kind: 'monitor', ref, from, to: process.pid });
  local.router.route({
    kind: 'spawnReply',
    ref,
    to: from,
    pid: process.pid,
    link,
    monitor,
    problem: undefined,
  });
}

/** Why nothing was started, in a form that travels; `spawnError` reads it. */
function problemOf(error: unknown): unknown {
  if (error instanceof NotExposedError) return { type: 'notExposed', what: error.what };
  if (error instanceof FunctionsNotAcceptedError) return { type: 'functionsNotAccepted' };
  return errorToData(error);
}
