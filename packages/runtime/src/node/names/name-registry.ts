import { BadArgumentError, NameTakenError } from '../../terms/errors';
import { prose } from '../../terms/show';
import type { LocalProcess } from '../../process/local-process';

/** The registered names of a node. A process has one name at most, as in OTP. */
export class NameRegistry {
  private readonly processes = new Map<string, LocalProcess>();
  /** What was asked for last, and found: whoever is sent to again and again is looked up once. */
  private lastAsked = '';
  private lastFound: LocalProcess | undefined;

  /**
   * Gives a process a name.
   * @throws NameTakenError if the name is another process's
   * @throws BadArgumentError if the process has ended, or has a name already
   */
  register(call: string, name: string, process: LocalProcess): void {
    const owner = this.processes.get(name);
    if (owner !== undefined) throw new NameTakenError(call, owner.pid);
    if (process.hasEnded)
      throw new BadArgumentError({ call, expected: 'a living process', got: process.pid });
    if (process.name !== null) {
      throw new BadArgumentError({
        call,
        expected: 'a process without a name',
        got: prose(`${process.pid} '${process.name}'`),
      });
    }
    process.name = name;
    this.processes.set(name, process);
    this.forgetLast();
  }

  /** @returns whether there was such a name */
  unregister(name: string): boolean {
    const process = this.processes.get(name);
    if (process === undefined) return false;
    process.name = null;
    this.forgetLast();
    return this.processes.delete(name);
  }

  get(name: string): LocalProcess | undefined {
    if (name === this.lastAsked) return this.lastFound;
    this.lastAsked = name;
    return (this.lastFound = this.processes.get(name));
  }

  names(): string[] {
    return [...this.processes.keys()];
  }

  private forgetLast(): void {
    this.lastAsked = '';
    this.lastFound = undefined;
  }
}
