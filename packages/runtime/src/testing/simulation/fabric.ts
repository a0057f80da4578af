import type { NodeName } from '../../terms/node-name';
import type { SeededRandom } from '../seeded-random';
import type { VirtualClock } from '../virtual-clock';
import { defaultLatency, type Latency } from './latency';
import { Path } from './path';
import { Pipe, type Parcel } from './pipe';
import { SimulatedHost, type HostLife } from './simulated-host';
import type { SimulatedSocket } from './simulated-socket';
import type { PulsePort, Wires } from './wires';

/** The hosts of a simulated network and the ways between them. */
export class Fabric implements Wires {
  /** What has happened, a line for each event. */
  readonly events: string[] = [];
  private readonly hosts = new Map<NodeName, SimulatedHost>();
  private readonly paths = new Map<string, Path>();
  private mark = 0;

  constructor(
    readonly clock: VirtualClock,
    private readonly random: SeededRandom,
    private readonly latency: Latency = defaultLatency,
  ) {}

  /** Two runs in which the same arrived, at the same times, have the same. */
  get fingerprint(): number {
    return this.mark >>> 0;
  }

  get openSockets(): number {
    return [...this.hosts.values()].reduce((sum, host) => sum + host.sockets().length, 0);
  }

  host(name: NodeName): SimulatedHost {
    const existing = this.hosts.get(name);
    if (existing !== undefined) return existing;
    const host = new SimulatedHost(name, this);
    this.hosts.set(name, host);
    return host;
  }

  /** Whether a node of the name runs, or has run. */
  knows(name: NodeName): boolean {
    return this.hosts.get(name)?.hasRun ?? false;
  }

  runningAt(name: NodeName): HostLife | null {
    return this.host(name).life;
  }

  isOff(name: NodeName): boolean {
    return this.host(name).isOff;
  }

  path(from: NodeName, to: NodeName): Path {
    const key = `${from} > ${to}`;
    const existing = this.paths.get(key);
    if (existing !== undefined) return existing;
    const path = new Path(this.paths.size, this.latency, this.random.fork(key));
    this.paths.set(key, path);
    return path;
  }

  allPaths(): Iterable<Path> {
    return this.paths.values();
  }

  /** Every connection between two nodes, as the ends that are there: one while it is on its way up, or half open. */
  endsBetween(a: NodeName, b: NodeName): ReadonlySet<SimulatedSocket> {
    const ends = new Set<SimulatedSocket>();
    for (const socket of [...this.host(a).sockets(b), ...this.host(b).sockets(a)]) {
      ends.add(socket);
      if (socket.peer !== null) ends.add(socket.peer);
    }
    return ends;
  }

  pipe(from: NodeName, to: NodeName, onArrival: (parcel: Parcel) => void): Pipe {
    const path = this.path(from, to);
    return new Pipe(this.clock, path, this.host(to), (parcel, bytes) => {
      this.stamp(path, parcel.kind, bytes);
      onArrival(parcel);
    });
  }

  pulseAt(name: NodeName): PulsePort | null {
    return this.runningAt(name)?.pulse.own ?? null;
  }

  pulsePipe(from: NodeName, to: NodeName, onArrival: () => void): Pipe {
    const end = { gate: this.host(to).pulseGate, bytesPerMs: Infinity };
    const path = this.path(from, to);
    return new Pipe(this.clock, path, end, (parcel, bytes) => {
      this.stamp(path, parcel.kind, bytes);
      onArrival();
    });
  }

  note(event: string): void {
    this.events.push(`${this.clock.now().toFixed(1)} ms: ${event}`);
  }

  private stamp(path: Path, kind: Parcel['kind'], bytes: number): void {
    const microseconds = Math.round(this.clock.now() * 1_000) | 0;
    for (const value of [path.id, kind.length, bytes, microseconds]) {
      this.mark = Math.imul(this.mark ^ value, 0x01000193);
      this.mark ^= this.mark >>> 15;
    }
  }
}
