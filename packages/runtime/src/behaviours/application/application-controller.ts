import { environment } from '#platform/program';
import { ApplicationError } from '../../terms/errors';
import type { Pid } from '../../terms/pid';
import type { LocalNode } from '../../node/local-node';
import { ApplicationEnv } from './application-env';
import type { AnyApplication, AnyEnv } from './application-options';
import type { KnownApplications } from './application-order';
import { includedIn } from './application-schema';
import type { LoadedApplication } from './loaded-application';
import type { RunningApplication } from './running-application';

/** The applications of a node: what it knows of, what runs, what is on its way up. OTP: the application controller. */
export class ApplicationController implements KnownApplications {
  private readonly loaded = new Map<string, LoadedApplication>();
  /** What runs, in the order of the start. */
  readonly running = new Map<string, RunningApplication>();
  /** What is on its way up. */
  readonly starting = new Map<
    string,
    { readonly application: RunningApplication; readonly started: Promise<Pid> }
  >();

  constructor(private readonly local: LocalNode) {}

  /** Whether it runs, and nobody is stopping it. */
  isRunning(name: string): boolean {
    return this.running.get(name)?.isStopping === false;
  }

  /** The application of a name that is being stopped. */
  leaving(name: string): RunningApplication | undefined {
    const running = this.running.get(name);
    return running?.isStopping === true ? running : undefined;
  }

  /** Whether it runs, or is on its way up or down. */
  isActive(name: string): boolean {
    return this.running.has(name) || this.starting.has(name);
  }

  find(name: string): AnyApplication | undefined {
    return this.loaded.get(name)?.definition;
  }

  /** What is loaded, in the order of that. */
  get allLoaded(): AnyApplication[] {
    return [...this.loaded.values()].map(({ definition }) => definition);
  }

  /** @throws ApplicationError if no such application is loaded */
  loadedAs(call: string, name: string): LoadedApplication {
    const loaded = this.loaded.get(name);
    if (loaded === undefined) throw new ApplicationError(call, 'notLoaded');
    return loaded;
  }

  envOf(name: string): AnyEnv | undefined {
    return this.loaded.get(name)?.env.current;
  }

  /** The application that a process of this node belongs to. */
  ownerOf(pid: Pid): string | undefined {
    const leader = this.local.table.get(pid)?.leader ?? null;
    if (leader === null) return undefined;
    const active = [
      ...this.running.values(),
      ...[...this.starting.values()].map(({ application }) => application),
    ];
    return active.find((application) => application.pid === leader)?.name;
  }

  /**
   * Makes applications known, and what they include; all of them, or none. One that is known keeps the values of its env.
   * @param given values for the env of one of them
   * @throws BadArgumentError if an env is wrong
   */
  load(
    applications: readonly AnyApplication[],
    given: { readonly to?: AnyApplication; readonly env?: AnyEnv } = {},
  ): void {
    const all = applications.flatMap((application) => [application, ...includedIn(application)]);
    const fresh = all
      .filter(({ name }) => !this.isActive(name))
      .filter((application) => this.find(application.name) !== application)
      .map((definition) => ({
        definition,
        env: this.newEnv(definition, definition === given.to ? given.env : {}),
      }));
    const known = given.to === undefined ? undefined : this.loaded.get(given.to.name);
    if (known?.definition === given.to) known?.env.give(callOf(known.definition), given.env ?? {});
    for (const application of fresh) this.loaded.set(application.definition.name, application);
  }

  /** @throws ApplicationError if it runs, or is not loaded */
  unload(call: string, name: string): void {
    this.loadedAs(call, name);
    if (this.isActive(name)) throw new ApplicationError(call, 'running');
    this.loaded.delete(name);
  }

  private newEnv(application: AnyApplication, given: AnyEnv = {}): ApplicationEnv {
    const { applicationConfig } = this.local;
    const config = Object.hasOwn(applicationConfig, application.name)
      ? (applicationConfig[application.name] ?? {})
      : {};
    return new ApplicationEnv(callOf(application), application, { config, variables: environment }, given);
  }
}

function callOf({ name }: AnyApplication): string {
  return `application '${name}'`;
}
