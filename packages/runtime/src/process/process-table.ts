import { pidPrefix, pidSuffix, type Pid } from '../terms/pid';
import { placeIn } from '../terms/place';
import { BoundedProcess, type MailboxBound } from './bounded-process';
import { LocalProcess, type ProcessHost } from './local-process';

/** Ends of pids that are made in advance: a place is used a few times, mostly. */
const keptTails = 64;

/**
 * The processes of a node, by pid: an array of places. A pid's number is its place and how often that was used
 * before, as in `42.7`, so no pid comes twice, and finding a process needs no hash of a string.
 */
export class ProcessTable {
  private readonly places: (LocalProcess | null)[] = [];
  private readonly uses: number[] = [];
  private readonly free: number[] = [];
  private readonly prefix: string;
  private readonly suffix: string;
  private readonly tails: readonly string[];
  /** Places that belong to a pid without a process. */
  private spares = 0;

  constructor(node: string, creation: number) {
    this.prefix = pidPrefix(node);
    this.suffix = pidSuffix(creation);
    this.tails = Array.from({ length: keptTails }, (_, uses) => `.${String(uses)}${this.suffix}`);
  }

  /** Makes a process, in a place of its own. */
  create(host: ProcessHost): LocalProcess {
    const place = this.takePlace();
    return (this.places[place] = new LocalProcess(this.pidOf(place), place, host));
  }

  /** As `create`; the mailbox has a bound. */
  createBounded(host: ProcessHost, bound: MailboxBound): LocalProcess {
    const place = this.takePlace();
    return (this.places[place] = new BoundedProcess(this.pidOf(place), place, host, bound));
  }

  /** Makes a pid that no process has. */
  sparePid(): Pid {
    this.spares += 1;
    return this.pidOf(this.takePlace());
  }

  remove(process: LocalProcess): void {
    if (this.places[process.place] !== process) return;
    this.places[process.place] = null;
    this.free.push(process.place);
  }

  get(pid: string): LocalProcess | undefined {
    const place = placeIn(pid, this.prefix.length);
    if (place >= this.places.length) return undefined;
    const process = this.places[place];
    return process?.pid === pid ? process : undefined;
  }

  /** How many processes there are. */
  get size(): number {
    return this.places.length - this.free.length - this.spares;
  }

  *all(): IterableIterator<LocalProcess> {
    for (const process of this.places) if (process !== null) yield process;
  }

  private takePlace(): number {
    const free = this.free.pop();
    if (free !== undefined) return free;
    this.uses.push(0);
    return this.places.push(null) - 1;
  }

  private pidOf(place: number): Pid {
    const uses = this.uses[place] as number;
    this.uses[place] = uses + 1;
    return (this.prefix + String(place) + this.tailOf(uses)) as Pid;
  }

  /** The end of a pid; the usual ones are kept, because building them costs as much as the rest of a process. */
  private tailOf(uses: number): string {
    return this.tails[uses] ?? `.${String(uses)}${this.suffix}`;
  }
}
