import { z } from '#zod';
import { BadArgumentError } from '../../terms/errors';
import { isNodeName, type NodeName } from '../../terms/node-name';
import { flagSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { Node } from '../../node/node';
import type { Fabric } from './fabric';
import { describeLatency, latencySchema, type Latency } from './latency';

/** A node of a simulation: itself, its name, or the part of its name before `@sim`. */
export type Which = Node | NodeName;

/** Who learns at once that a connection is broken. */
export interface CutOptions {
  /** Default: both nodes. A node that is not among them keeps a connection on which nothing comes or goes any more. */
  readonly noticedBy?: readonly Which[];
}

/** In which directions a latency is set. */
export interface LatencyOptions {
  /** Whether the way back stays as it is. Default false. */
  readonly oneWay?: boolean;
}

const latencyOptions = z.strictObject({ oneWay: flagSchema.optional() });
const cutSchema = z.strictObject({ noticedBy: z.array(z.unknown(), 'an array of nodes').optional() });

/** What can be done to the network between simulated nodes. All of it is noted among the events of the simulation. */
export class SimulatedNetwork {
  /** @internal */
  constructor(private readonly fabric: Fabric) {}

  /**
   * Sets how long what is sent takes: between two nodes, in both directions, or in one if `options.oneWay`.
   * @param latency milliseconds, [from, to] in milliseconds, or a function that draws them from a random
   */
  setLatency(from: Which, to: Which, latency: Latency, options: LatencyOptions = {}): void {
    checkOptions('setLatency', z.object({ latency: latencySchema }), { latency });
    checkOptions('setLatency', latencyOptions, options);
    const [a, b] = this.two('setLatency', from, to);
    const isOneWay = options.oneWay === true;
    this.fabric.note(`${describeLatency(latency)} from ${a} to ${b}${isOneWay ? '' : ' and back'}`);
    this.fabric.path(a, b).latency = latency;
    if (!isOneWay) this.fabric.path(b, a).latency = latency;
  }

  /**
   * Nothing gets through from one node, or several, to another, or several; the way back stays as it is. Connections
   * stay, as those of TCP do: what is sent meanwhile arrives when the way is open again, if they live so long.
   */
  block(from: Which | readonly Which[], to: Which | readonly Which[]): void {
    const ways = pairs(this.allKnown('block', from), this.allKnown('block', to));
    if (ways.length === 0)
      throw new BadArgumentError({ call: 'block', expected: 'two different nodes', got: [from, to] });
    for (const [a, b] of ways) {
      this.fabric.path(a, b).gate.close();
      this.fabric.note(`nothing gets through from ${a} to ${b}`);
    }
  }

  /**
   * Takes groups of nodes apart: nothing gets through between nodes of different groups, in either direction. Nodes in
   * none of them reach all of them.
   * @throws BadArgumentError if a name is that of no node so far, or in two groups, or there is one group only: nothing is taken
   * apart then
   */
  partition(...groups: readonly (readonly Which[])[]): void {
    if (groups.length < 2)
      throw new BadArgumentError({ call: 'partition', expected: 'two groups of nodes or more', got: groups });
    const names = groups.map((group) => this.allKnown('partition', group));
    checkApart(names);
    names.forEach((group, index) => {
      for (const other of names.slice(index + 1)) {
        this.block(group, other);
        this.block(other, group);
      }
    });
  }

  /** Opens the ways from one node to another and back; without them, all ways. */
  heal(): void;
  heal(a: Which, b: Which): void;
  heal(...ends: [] | [Which, Which]): void {
    if (ends.length === 0) {
      this.fabric.note('every way is open');
      for (const { gate } of this.fabric.allPaths()) gate.open();
      return;
    }
    const [from, to] = this.two('heal', ...ends);
    this.fabric.note(`the way between ${from} and ${to} is open`);
    this.fabric.path(from, to).gate.open();
    this.fabric.path(to, from).gate.open();
  }

  /**
   * Breaks the connections between two nodes, which may connect again. Some of what was on its way still arrives, the
   * rest is lost. With `noticedBy` the connection is half open, or dead without anybody knowing.
   */
  cut(a: Which, b: Which, options: CutOptions = {}): void {
    checkOptions('cut', cutSchema, options);
    const [first, second] = this.two('cut', a, b);
    const noticing = (options.noticedBy ?? [first, second]).map((which) => this.known('cut', which));
    if (noticing.some((name) => name !== first && name !== second))
      throw new BadArgumentError({
        call: 'cut',
        expected: 'noticedBy to be of the two nodes',
        got: options.noticedBy,
      });
    this.fabric.note(`the connection between ${first} and ${second} breaks, and ${heardBy(noticing)}`);
    for (const socket of this.fabric.endsBetween(first, second)) {
      // The other end hears of it by what this one's pipe brings.
      if (noticing.includes(socket.remoteAddress)) socket.out.breakOff();
      else socket.out.silence();
    }
  }

  /**
   * Has a node read slowly, from each of its connections.
   * @param bytesPerMs bytes in a millisecond; `Infinity` is as fast as they come
   */
  readSlowly(node: Which, bytesPerMs: number): void {
    if (typeof bytesPerMs !== 'number' || !(bytesPerMs > 0)) {
      throw new BadArgumentError({ call: 'readSlowly', expected: 'bytes, more than 0', got: bytesPerMs });
    }
    const name = this.known('readSlowly', node);
    this.fabric.note(`${name} reads ${String(bytesPerMs)} bytes per ms`);
    this.fabric.host(name).bytesPerMs = bytesPerMs;
  }

  /** How many sockets are open, counting both ends of each connection. */
  get openSockets(): number {
    return this.fabric.openSockets;
  }

  /** A misspelt name would be a fault that never happens, and a test that shows nothing. */
  private known(call: string, which: Which): NodeName {
    const name = nameOf(call, which);
    if (this.fabric.knows(name)) return name;
    throw new BadArgumentError({ call, expected: 'a node that the simulation has started', got: which });
  }

  /** A way from a node to itself is none. */
  private two(call: string, a: Which, b: Which): [NodeName, NodeName] {
    const [first, second] = [this.known(call, a), this.known(call, b)];
    if (first !== second) return [first, second];
    throw new BadArgumentError({ call, expected: 'two different nodes', got: [first, second] });
  }

  private allKnown(call: string, which: Which | readonly Which[]): NodeName[] {
    return (isMany(which) ? which : [which]).map((one) => this.known(call, one));
  }
}

/**
 * The name of a node of a simulation.
 * @throws BadArgumentError if it is none
 */
export function nameOf(call: string, which: unknown): NodeName {
  const name = typeof which === 'string' ? which : (which as Partial<Node> | null | undefined)?.name;
  const full = typeof name === 'string' && !name.includes('@') ? `${name}@sim` : name;
  if (isNodeName(full)) return full;
  throw new BadArgumentError({ call, expected: 'a node, or the name of one', got: which });
}

/**
 * The names of nodes to start: those that are given, or so many.
 * @throws BadArgumentError if that is none
 */
export function namesFor(names: number | readonly NodeName[]): readonly NodeName[] {
  const count: unknown = typeof names === 'number' ? names : (names as Partial<typeof names> | null)?.length;
  if (!Number.isInteger(count) || (count as number) < 1 || typeof names === 'string')
    throw new BadArgumentError({
      call: 'startNodes',
      expected: 'names, or how many: a whole number, 1 or more',
      got: names,
    });
  return typeof names === 'number' ? Array.from({ length: names }, (_, i) => `n${String(i + 1)}`) : names;
}

/** @throws BadArgumentError if a node is in two groups */
function checkApart(groups: readonly (readonly NodeName[])[]): void {
  const twice = groups.flat().find((name, index, all) => all.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new BadArgumentError({ call: 'partition', expected: 'each node in one group', got: twice });
}

function heardBy(noticing: readonly NodeName[]): string {
  if (noticing.length === 0) return 'nobody notices';
  return noticing.length === 1 ? `${String(noticing[0])} notices` : `${noticing.join(' and ')} notice`;
}

function isMany(which: Which | readonly Which[]): which is readonly Which[] {
  return Array.isArray(which);
}

function pairs(from: readonly NodeName[], to: readonly NodeName[]): [NodeName, NodeName][] {
  return from.flatMap((a) => to.filter((b) => b !== a).map((b): [NodeName, NodeName] => [a, b]));
}
