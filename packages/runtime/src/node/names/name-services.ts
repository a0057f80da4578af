import type { Pid } from '../../terms/pid';
import type { NameService, Via } from '../../terms/via';

/** The name services of a node, by their own names. */
export class NameServices {
  private readonly services = new Map<string, NameService>();

  add(service: NameService): void {
    this.services.set(service.name, service);
  }

  /** Forgets a service, unless another has taken its place. */
  remove(service: NameService): void {
    if (this.services.get(service.name) === service) this.services.delete(service.name);
  }

  get(name: string): NameService | undefined {
    return this.services.get(name);
  }

  /** The service that keeps a name; `undefined` if it does not run. */
  keeperOf({ service }: Via<unknown>): NameService | undefined {
    return typeof service === 'string' ? this.services.get(service) : service;
  }

  /** Who has a name; `undefined` too while its service does not run. */
  whereis(name: Via<unknown>): Pid | undefined {
    return this.keeperOf(name)?.whereisName(name.key);
  }
}
