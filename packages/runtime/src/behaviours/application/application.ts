import { BadArgumentError, ApplicationError } from '../../terms/errors';
import { checkOptions } from '../../terms/options';
import { isPid, type Pid } from '../../terms/pid';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import type { Node } from '../../node/node';
import type { Verbs } from '../../node/verbs/verbs';
import { ApplicationController } from './application-controller';
import type {
  AnyApplication,
  AnyEnv,
  Application as Running,
  ApplicationOptions,
  StartApplicationOptions,
} from './application-options';
import { startOptionsSchema } from './application-schema';
import { ApplicationStarter } from './application-starter';
import { definitionOf, nodeOf } from './start-application';

/** A running application. */
export type Application<Env = AnyEnv> = Running<Env>;

/** What there is to know of an application. OTP: `{Application, Description, Vsn}`. */
export interface ApplicationInfo {
  readonly name: string;
  readonly description: string;
  readonly version: string;
}

/** An application by its name, or by what it is: then the types of its env are known. */
// What it hands to its `stop` is of no interest here.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type ApplicationRef<Env> = string | ApplicationOptions<Env, any>;

/** The applications that run on a node, in the order of their start. OTP: `application:which_applications/0`. */
function whichApplications(on: Verbs): ApplicationInfo[] {
  const { running } = controllerOf('whichApplications', on);
  return [...running.values()].map(({ loaded }) => infoOf(loaded.definition));
}

/** The applications that a node knows of, whether they run or not. OTP: `application:loaded_applications/0`. */
function loadedApplications(on: Verbs): ApplicationInfo[] {
  return controllerOf('loadedApplications', on).allLoaded.map(infoOf);
}

/**
 * The name of the application that a process of this node belongs to: the one whose process has started it, or has
 * started the one that started it, and so on. OTP: `application:get_application/1`.
 * @returns nothing if it belongs to none, has ended, or is on another node
 */
function getApplication(on: Verbs, pid: Pid): string | undefined {
  if (!isPid(pid)) throw new BadArgumentError({ call: 'getApplication', expected: 'a pid', got: pid });
  return controllerOf('getApplication', on).ownerOf(pid);
}

/**
 * Starts those of some applications that do not run, with all that they need. Other than with `startApplication` it is no
 * mistake if one runs. OTP: `application:ensure_all_started/2`.
 * @param applications what they are, or names of those that are loaded
 * @param options.env values for the env of the first of them
 * @returns the names of what was started, in order
 * @throws as `startApplication`; what was started is stopped again
 */
async function ensureAllStarted(
  node: Node,
  applications: AnyApplication | string | readonly (AnyApplication | string)[],
  options: StartApplicationOptions = {},
): Promise<string[]> {
  const local = nodeOf('ensureAllStarted', node);
  const controller = local.attachments.get(ApplicationController);
  checkOptions('ensureAllStarted', startOptionsSchema, options);
  const list = Array.isArray(applications) ? (applications as (AnyApplication | string)[]) : [applications];
  const wanted = list.map((given) =>
    definitionOf('ensureAllStarted', controller, given as AnyApplication | string),
  );
  const names = wanted.map(({ name }) => `'${name}'`).join(', ');
  const idle = wanted.filter(({ name }) => !controller.isRunning(name));
  const started = await local.attachments
    .get(ApplicationStarter)
    .start(`ensureAllStarted ${names}`, idle, options);
  return started.map(({ name }) => name);
}

/**
 * Stops an application that runs, in order. What depends on it goes on, as in OTP. It stays loaded, with its env.
 * OTP: `application:stop/1`.
 * @throws ApplicationError if it does not run
 */
async function stop(on: Verbs, name: string): Promise<void> {
  const application = controllerOf('stop', on).running.get(name);
  if (application === undefined) throw new ApplicationError(`stop '${name}'`, 'notStarted');
  await application.stop();
}

/**
 * Makes an application known by its name without starting it: for others that depend on it, and for its env. One that is
 * known already keeps the values of its env. OTP: `application:load/1`.
 * @param options.env values for its env
 * @throws BadArgumentError if it, or its env, is wrong
 * @throws ApplicationError if another one of its name runs
 */
function load<Env = AnyEnv, State = unknown>(
  on: Verbs,
  application: ApplicationOptions<Env, State>,
  options: Pick<StartApplicationOptions<Env>, 'env'> = {},
): void {
  const controller = controllerOf('load', on);
  const wanted = definitionOf('load', controller, application);
  const { env } = checkOptions('load', startOptionsSchema.pick({ env: true }), options);
  if (controller.isActive(wanted.name) && controller.find(wanted.name) !== wanted)
    throw new ApplicationError(`load '${wanted.name}'`, 'alreadyStarted');
  controller.load([wanted], env === undefined ? {} : { to: wanted, env });
}

/**
 * Forgets an application, and its env. OTP: `application:unload/1`.
 * @throws ApplicationError if it runs, or is not loaded
 */
function unload(on: Verbs, name: string): void {
  controllerOf('unload', on).unload(`unload '${name}'`, name);
}

/**
 * A value of an application's env. OTP: `application:get_env/3`.
 * @returns the value; what is given for it, or nothing, if there is none or no such application is loaded
 */
function getEnv<Env = AnyEnv, Name extends keyof Env & string = keyof Env & string>(
  on: Verbs,
  application: ApplicationRef<Env>,
  name: Name,
  fallback?: Env[Name],
): Env[Name] | undefined {
  const env = allEnv('getEnv', on, application);
  return Object.hasOwn(env, name) ? (env[name] as Env[Name]) : fallback;
}

/**
 * As `getEnv`, of what must be there. OTP: Elixir's `Application.fetch_env!/2`.
 * @throws BadArgumentError if there is no such value; ApplicationError if no such application is loaded
 */
function fetchEnv<Env = AnyEnv, Name extends keyof Env & string = keyof Env & string>(
  on: Verbs,
  application: ApplicationRef<Env>,
  name: Name,
): Env[Name] {
  const call = `fetchEnv '${nameOf(application)}'`;
  const env = controllerOf(call, on).loadedAs(call, nameOf(application)).env.current;
  if (!Object.hasOwn(env, name)) {
    const names = Object.keys(env);
    const expected = names.length === 0 ? 'no name, for its env is empty' : `one of '${names.join("', '")}'`;
    throw new BadArgumentError({ call, expected, got: name });
  }
  return env[name] as Env[Name];
}

/** All of an application's env, frozen; empty if no such application is loaded. OTP: `application:get_all_env/1`. */
function getAllEnv<Env = AnyEnv>(on: Verbs, application: ApplicationRef<Env>): Readonly<Env> {
  return allEnv('getAllEnv', on, application) as Readonly<Env>;
}

/**
 * Changes a value of an application's env: for those who ask from now on. What runs is not told. OTP:
 * `application:set_env/3`.
 * @throws BadArgumentError if its schema does not take the value; ApplicationError if no such application is loaded
 */
function putEnv<Env = AnyEnv, Name extends keyof Env & string = keyof Env & string>(
  on: Verbs,
  application: ApplicationRef<Env>,
  name: Name,
  value: Env[Name],
): void {
  const call = `putEnv '${nameOf(application)}'`;
  controllerOf(call, on)
    .loadedAs(call, nameOf(application))
    .env.give(call, { [name]: value });
}

/**
 * Takes a value of an application's env away: it is the default of its schema again. OTP: `application:unset_env/2`.
 * @throws BadArgumentError if its schema demands one; ApplicationError if no such application is loaded
 */
function deleteEnv<Env = AnyEnv>(
  on: Verbs,
  application: ApplicationRef<Env>,
  name: keyof Env & string,
): void {
  const call = `deleteEnv '${nameOf(application)}'`;
  controllerOf(call, on).loadedAs(call, nameOf(application)).env.delete(call, name);
}

function allEnv<Env>(call: string, on: Verbs, application: ApplicationRef<Env>): AnyEnv {
  return controllerOf(call, on).envOf(nameOf(application)) ?? {};
}

function nameOf<Env>(application: ApplicationRef<Env>): string {
  return typeof application === 'string' ? application : application.name;
}

function controllerOf(call: string, on: unknown): ApplicationController {
  return BaseVerbs.launcherOf(call, on, false).local.attachments.get(ApplicationController);
}

function infoOf({ name, description = name, version = '' }: AnyApplication): ApplicationInfo {
  return { name, description, version };
}

/** Looks at the applications of a node, at their settings, and steers them. OTP: `application`. */
export const Application = Object.freeze({
  ...{ whichApplications, loadedApplications, getApplication },
  ...{ ensureAllStarted, stop, load, unload },
  ...{ getEnv, fetchEnv, getAllEnv, putEnv, deleteEnv },
});
