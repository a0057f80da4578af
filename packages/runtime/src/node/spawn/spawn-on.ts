import { z } from '#zod';
import { BadArgumentError, FunctionsNotAcceptedError, NodeDownError } from '../../terms/errors';
import { checkFunction } from '../../terms/executable';
import { NotExposedError, RemoteError, type TrestleError } from '../../terms/errors';
import { sourceOf, type AnyFunction } from '../../terms/function-source';
import { checkNodeName, type NodeName } from '../../terms/node-name';
import { checkOptions } from '../../terms/options';
import { unbornPid, type Pid } from '../../terms/pid';
import type { Ref } from '../../terms/ref';
import { nodeItself, Unanswered, type RemoteCode } from '../../terms/spawn-signal';
import type { LocalProcess } from '../../process/local-process';
import { passMessage } from '../signals/isolating-router';
import type { LocalNode } from '../local-node';
import { monitorOptions, type MonitorOptions } from '../monitors/monitor-options';
import { relate, type PendingSpawn } from './spawn-requests';
import { spawnOptions, type SpawnMonitorOptions } from './spawn-options';

/** What a verb that starts a process on a node is given: a function, or the names of an exposed one. */
export type SpawnTarget =
  | [node: NodeName, module: string, fn: string, args?: Args, options?: object | undefined]
  | [node: NodeName, body: AnyFunction, args?: Args, options?: object | undefined];
type Args = readonly unknown[] | undefined;

/** A process to start on a node. */
export interface SpawnOrder {
  readonly call: string;
  readonly node: NodeName;
  readonly code: RemoteCode;
  readonly args: readonly unknown[];
  readonly options: SpawnMonitorOptions;
}

/** Who starts it, and how it is to be related to that. */
export interface SpawnRelation {
  readonly local: LocalNode;
  readonly parent: LocalProcess | null;
  readonly link: boolean;
  readonly monitor: boolean;
}

const plainSchema = z.strictObject(spawnOptions);
const monitorSchema = z.strictObject({ ...spawnOptions, ...monitorOptions });

/**
 * Checks what a verb is given at the door.
 * @param self the name of the node that asks
 * @param schema of its options; default: those of any process
 * @throws BadArgumentError; UnsendableError if it is a function that cannot travel
 */
export function orderOf(
  call: string,
  self: NodeName,
  target: SpawnTarget,
  schema: z.ZodType = plainSchema,
): SpawnOrder {
  const node = checkNodeName(call, target[0]);
  const byName = typeof target[1] !== 'function';
  const [args = [], options = {}] = target.slice(byName ? 3 : 2) as [Args?, object?];
  const code = codeOf(call, node === self, target[1], target[2]);
  if (!Array.isArray(args))
    throw new BadArgumentError({ call, expected: 'an array of arguments', got: args });
  checkOptions(call, schema, options);
  return { call, node, code, args, options };
}

/** As `orderOf`, for a process that is to be monitored. */
export function monitoredOrderOf(call: string, self: NodeName, target: SpawnTarget): SpawnOrder {
  return orderOf(call, self, target, monitorSchema);
}

/** Asks a node for a process. @returns names the request, and the monitor if there is to be one */
export function requestSpawn(
  order: SpawnOrder,
  relation: SpawnRelation,
  ends: Pick<PendingSpawn, 'started' | 'failed'>,
): Ref {
  const { local, parent, link, monitor } = relation;
  const { alias: _alias, tag: _tag, ...traits } = order.options;
  const ref = local.refs.next();
  const args = order.node === local.name ? passMessage(local.isolation, order.args, 'args') : order.args;
  local.router.spawns.ask(
    {
      kind: 'spawnRequest',
      ref,
      from: parent === null ? local.pid : parent.pid,
      to: { name: nodeItself, node: order.node },
      code: order.code,
      args: args as readonly unknown[],
      link,
      monitor,
      options: traits,
    },
    { parent, link, monitor: monitorOf(order, relation), ...ends },
  );
  return ref;
}

/**
 * Starts a process on a node. What goes wrong is told once: by the link or the monitor if there is to be one, as in OTP,
 * by the promise if not.
 */
export function spawnThere(order: SpawnOrder, relation: SpawnRelation): Promise<{ pid: Pid; ref: Ref }> {
  return new Promise((resolve, reject) => {
    requestSpawn(order, relation, {
      started: (pid, ref) => {
        resolve({ pid, ref });
      },
      failed: (problem, ref) => {
        const isTold = problem instanceof Unanswered && (relation.link || relation.monitor);
        const { local, parent } = relation;
        // Whoever tries again and again what fails at once lets the event loop have its turns.
        if (!isTold) local.gen.refused(spawnError(order, problem), parent).catch(reject);
        else {
          const lost = { pid: lostAtOnce(order, relation, ref), ref };
          local.gen.refused(problem, parent).catch(() => {
            resolve(lost);
          });
        }
      },
    });
  });
}

/** Why nothing was started, as an error. */
export function spawnError({ call, node, code }: SpawnOrder, problem: unknown): TrestleError {
  const what = 'module' in code ? `${call} ${code.module}.${code.fn} on ${node}` : `${call} on ${node}`;
  if (problem instanceof Unanswered) return new NodeDownError(what, node, problem.mayHaveLeft);
  const { type, what: missing } = (problem ?? {}) as { readonly type?: unknown; readonly what?: unknown };
  if (type === 'notExposed') return new NotExposedError(what, String(missing));
  if (type === 'functionsNotAccepted') return new FunctionsNotAcceptedError(what, node);
  return new RemoteError(what, problem);
}

/** A process that nobody ever was, and whose node is lost: another one for each request. OTP: a useless pid. */
function lostAtOnce(order: SpawnOrder, relation: SpawnRelation, ref: Ref): Pid {
  const { local, parent, link, monitor } = relation;
  const pid = unbornPid(order.node, ref);
  if (parent === null) return pid;
  relate(local.router, ref, pid, parent, { link, monitor: monitorOf(order, relation) });
  const reason = 'noconnection';
  if (monitor) local.router.route({ kind: 'down', ref, to: parent.pid, pid, reason });
  if (link) local.router.route({ kind: 'linkExit', from: pid, to: parent.pid, reason });
  return pid;
}

/** How the new process is to be monitored, if it is. */
function monitorOf({ options }: SpawnOrder, { monitor }: SpawnRelation): MonitorOptions | null {
  if (!monitor) return null;
  const { alias, tag } = options;
  return { ...(alias !== undefined && { alias }), ...(tag !== undefined && { tag }) };
}

/**
 * What a node is to execute.
 * @param isHere whether that is this node
 * @throws BadArgumentError; UnsendableError if it is a function that cannot travel
 */
export function codeOf(call: string, isHere: boolean, module: unknown, fn: unknown): RemoteCode {
  if (typeof module === 'function') {
    checkFunction(call, module);
    const body = module as AnyFunction;
    return isHere ? { here: body } : { source: sourceOf(call, body) };
  }
  if (typeof module !== 'string')
    throw new BadArgumentError({ call, expected: "a function, or a module's name", got: module });
  if (typeof fn !== 'string') throw new BadArgumentError({ call, expected: "a function's name", got: fn });
  return { module, fn };
}
