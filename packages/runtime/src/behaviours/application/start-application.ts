import { ApplicationError, BadArgumentError } from '../../terms/errors';
import { checkOptions } from '../../terms/options';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import type { LocalNode } from '../../node/local-node';
import type { Node } from '../../node/node';
import { ApplicationController } from './application-controller';
import type {
  AnyApplication,
  AnyEnv,
  Application,
  ApplicationOptions,
  StartApplicationOptions,
} from './application-options';
import { checkApplication, startOptionsSchema } from './application-schema';
import { ApplicationStarter } from './application-starter';

/**
 * Starts an application: a supervision tree with a name, which stops in order with its node, by `stop()`, or by SIGTERM
 * and SIGINT. What it depends on and does not run yet is started before it, in order; if one of them does not start, what
 * was started on its behalf is stopped again. What is being stopped, of all these, has its end first, and is started again.
 * OTP: `application:ensure_all_started/2`, of an application that does not run.
 * @param application what it is, or the name of one that is loaded
 * @param options.env values for its env, which count before those of environment variables and of the node's config
 * @throws BadArgumentError if it, its env or a dependency is wrong: nothing was started
 * @throws StartError if its tree did not start, for the reason of its root; or a dependency, with its name:
 * `{ type: 'failedToStartApplication', application, reason }`
 * @throws ApplicationError if an application of its name runs, or none of the name is loaded
 */
export async function startApplication<Env = AnyEnv, State = unknown>(
  node: Node,
  application: ApplicationOptions<Env, State> | string,
  options: StartApplicationOptions<Env> = {},
): Promise<Application<Env>> {
  const local = nodeOf('startApplication', node);
  const controller = local.attachments.get(ApplicationController);
  checkOptions('startApplication', startOptionsSchema, options);
  const wanted = definitionOf('startApplication', controller, application);
  const call = `startApplication '${wanted.name}'`;
  refuseActive(call, controller, wanted);
  const started = await local.attachments.get(ApplicationStarter).start(call, [wanted], options);
  const running = started.find(({ name }) => name === wanted.name) ?? controller.running.get(wanted.name);
  if (running === undefined) throw new ApplicationError(call, 'notStarted');
  return running as unknown as Application<Env>;
}

/** One that is on its way up already, for the same definition, is awaited: it is started once. */
function refuseActive(call: string, controller: ApplicationController, wanted: AnyApplication): void {
  const { name } = wanted;
  const isSame = controller.find(name) === wanted && !controller.isRunning(name);
  if (controller.isActive(name) && !isSame) throw new ApplicationError(call, 'alreadyStarted');
}

/** The node that applications are started on: a process that starts one would be none of its own. */
export function nodeOf(call: string, node: unknown): LocalNode {
  const { local, starter } = BaseVerbs.launcherOf(call, node, false);
  if (starter !== null) throw new BadArgumentError({ call, expected: 'a node', got: node });
  return local;
}

/** @throws ApplicationError if no application of the name is loaded; BadArgumentError if it is wrong */
export function definitionOf(
  call: string,
  controller: ApplicationController,
  application: AnyApplication | string,
): AnyApplication {
  if (typeof application === 'string')
    return controller.loadedAs(`${call} '${application}'`, application).definition;
  checkApplication(call, application);
  return application;
}
