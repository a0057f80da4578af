import { BadArgumentError, StartError } from '../../terms/errors';
import { prose } from '../../terms/show';
import type { AnyApplication } from './application-options';
import { checkApplication, includedIn } from './application-schema';

/** What is known of the applications of a node when one is to be started. */
export interface KnownApplications {
  isRunning(name: string): boolean;
  /** An application that is loaded. */
  find(name: string): AnyApplication | undefined;
}

/**
 * In which order applications and all that they need and that does not run are started: each once, behind what it needs
 * itself.
 * @throws BadArgumentError that names the way of a dependency that leads back to itself, or two applications of one name
 * @throws StartError that names a dependency which nobody has loaded
 */
export function startOrder(
  call: string,
  applications: readonly AnyApplication[],
  known: KnownApplications,
): AnyApplication[] {
  const order = new StartOrder(call, known);
  for (const application of applications) order.place(application, []);
  return order.all;
}

/** The names of what an application needs in any case. */
export function dependenciesOf(application: AnyApplication): string[] {
  const parts = [application, ...includedIn(application)];
  return parts.flatMap(({ dependencies = [] }) =>
    dependencies.map((needed) => (typeof needed === 'string' ? needed : needed.name)),
  );
}

class StartOrder {
  private readonly placed = new Map<string, AnyApplication>();

  constructor(
    private readonly call: string,
    private readonly known: KnownApplications,
  ) {}

  get all(): AnyApplication[] {
    return [...this.placed.values()];
  }

  place(application: AnyApplication, path: readonly AnyApplication[]): void {
    const { name } = application;
    checkApplication(path.length === 0 ? this.call : `application '${name}'`, application);
    if (path.some((above) => above.name === name)) this.refuseCycle([...path, application]);
    const placed = this.placed.get(name);
    if (placed !== undefined && placed !== application) this.refuseNamesakes(name);
    if (placed !== undefined) return;
    for (const needed of this.neededBy(application)) this.place(needed, [...path, application]);
    this.placed.set(name, application);
  }

  private neededBy(application: AnyApplication): AnyApplication[] {
    const parts = [application, ...includedIn(application)];
    const needed = parts.flatMap(({ dependencies = [] }) => dependencies.map((given) => this.resolve(given)));
    const optional = parts.flatMap(({ optionalDependencies = [] }) =>
      optionalDependencies.map((name) => this.known.find(name)),
    );
    return [...needed, ...optional].filter(
      (found) => found !== undefined && !this.known.isRunning(found.name),
    ) as AnyApplication[];
  }

  /** @returns nothing for one that runs, whatever it is */
  private resolve(given: AnyApplication | string): AnyApplication | undefined {
    if (typeof given !== 'string') return given;
    const found = this.known.find(given);
    if (found !== undefined || this.known.isRunning(given)) return found;
    throw new StartError(this.call, {
      type: 'failedToStartApplication',
      application: given,
      reason: 'notLoaded',
    });
  }

  private refuseCycle(path: readonly AnyApplication[]): never {
    const names = path.map(({ name }) => name);
    const cycle = names.slice(names.indexOf(names.at(-1) as string));
    const expected = 'dependencies that do not lead back to where they begin';
    throw new BadArgumentError({ call: this.call, expected, got: prose(cycle.join(' -> ')) });
  }

  private refuseNamesakes(name: string): never {
    throw new BadArgumentError({
      call: this.call,
      expected: 'one application of each name',
      got: prose(`two named '${name}'`),
    });
  }
}
