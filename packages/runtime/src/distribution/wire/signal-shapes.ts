import type { Destination } from '../../terms/address';
import type { Departed } from '../../terms/departed';
import type { CallFailure } from '../../terms/from';
import type { MonitoredName } from '../../terms/message';
import { isNodeName, type NodeName } from '../../terms/node-name';
import { isPid, type Pid } from '../../terms/pid';
import { isRef, type Ref } from '../../terms/ref';
import { identityOf, isCount } from './caller-identity';
import { failureCode, opcode } from './opcodes';
import { refuse } from './refuse-signal';
import { spawnSignalOf } from './spawn-shapes';
import type { WireSignal } from './wire-signal';

type Fields = readonly unknown[];

function text(value: unknown): string {
  return typeof value === 'string' ? value : refuse('text');
}

function flag(value: unknown): boolean {
  return typeof value === 'boolean' ? value : refuse('flag');
}

function pidOf(value: unknown): Pid {
  return isPid(value) ? value : refuse('pid');
}

function refOf(value: unknown): Ref {
  return isRef(value) ? value : refuse('ref');
}

/** The number of a call. */
export function callOf(value: unknown): number {
  return isCount(value) ? value : refuse('call number');
}

/** Turns the fields of the less frequent signals into signals, checking every field that is not a user's value. */
export class SignalShapes {
  /** @param self the node that a name without one is on */
  constructor(private readonly self: NodeName) {}

  /** @throws BadFrameError if the fields are no signal */
  signalOf(fields: Fields): WireSignal {
    switch (fields[0]) {
      case opcode.callFailed:
        this.expect(fields, 4);
        return { kind: 'callFailed', call: callOf(fields[1]), failure: failureOf(fields[2], fields[3]) };
      case opcode.cancelCall:
        this.expect(fields, 2);
        return { kind: 'cancelCall', call: callOf(fields[1]) };
      case opcode.portReply:
        this.expect(fields, 6);
        return { kind: 'portReply', to: identityOf(fields.slice(1, 5)), value: fields[5] };
      case opcode.aliasMessage:
        this.expect(fields, 3);
        return { kind: 'aliasMessage', alias: refOf(fields[1]), message: fields[2] };
      case opcode.link:
      case opcode.unlink:
      case opcode.exit:
      case opcode.linkExit:
        return this.linkSignalOf(fields);
      case opcode.monitor:
      case opcode.demonitor:
      case opcode.down:
        return this.monitorSignalOf(fields);
      case opcode.spawnRequest:
      case opcode.spawnReply:
        return spawnSignalOf(fields, this.self);
      default:
        return this.connectionSignalOf(fields);
    }
  }

  private linkSignalOf(fields: Fields): WireSignal {
    const from = pidOf(fields[1]);
    if (fields[0] === opcode.exit) {
      this.expect(fields, 4);
      return { kind: 'exit', from, to: this.destination(fields[2]), reason: fields[3] };
    }
    const to = pidOf(fields[2]);
    if (fields[0] === opcode.linkExit) {
      this.expect(fields, 4);
      return { kind: 'linkExit', from, to, reason: fields[3] };
    }
    this.expect(fields, 3);
    return { kind: fields[0] === opcode.link ? 'link' : 'unlink', from, to };
  }

  private monitorSignalOf(fields: Fields): WireSignal {
    const ref = refOf(fields[1]);
    if (fields[0] === opcode.down) {
      this.expect(fields, 5);
      return { kind: 'down', ref, to: pidOf(fields[2]), pid: monitoredOf(fields[3]), reason: fields[4] };
    }
    this.expect(fields, 4);
    const kind = fields[0] === opcode.monitor ? 'monitor' : 'demonitor';
    return { kind, ref, from: pidOf(fields[2]), to: this.destination(fields[3]) };
  }

  private connectionSignalOf(fields: Fields): WireSignal {
    switch (fields[0]) {
      case opcode.nodes:
        this.expect(fields, 2);
        return { kind: 'nodes', names: namesOf(fields[1]) };
      case opcode.tick:
        this.expect(fields, 1);
        return { kind: 'tick' };
      case opcode.tock:
        this.expect(fields, 1);
        return { kind: 'tock' };
      case opcode.leaving:
        this.expect(fields, 2);
        return { kind: 'leaving', seen: flag(fields[1]) };
      case opcode.pulse:
        this.expect(fields, 2);
        return { kind: 'pulse', port: portOf(fields[1]) };
      case opcode.departed:
        this.expect(fields, 2);
        return { kind: 'departed', nodes: departedOf(fields[1]) };
      case opcode.bye:
        this.expect(fields, 2);
        return { kind: 'bye', reason: text(fields[1]) };
      default:
        return refuse('number');
    }
  }

  private expect(fields: Fields, length: number): void {
    if (fields.length !== length) refuse('number of fields');
  }

  private destination(value: unknown): Destination {
    if (typeof value === 'string') return pidOf(value);
    if (!Array.isArray(value) || value.length !== 1) return refuse('receiver');
    const name: unknown = value[0];
    return typeof name === 'string' ? { name, node: this.self } : refuse('receiver');
  }
}

function monitoredOf(value: unknown): Pid | MonitoredName {
  if (!Array.isArray(value)) return pidOf(value);
  const [name, node] = value as unknown[];
  return typeof name === 'string' && isNodeName(node) ? { name, node } : refuse('name');
}

function failureOf(code: unknown, detail: unknown): CallFailure {
  switch (code) {
    case failureCode.noproc:
      return { kind: 'noproc' };
    case failureCode.notServer:
      return { kind: 'notServer' };
    case failureCode.mailboxFull:
      return { kind: 'mailboxFull' };
    case failureCode.exit:
      return { kind: 'exit', reason: detail };
    case failureCode.badReply:
      return { kind: 'badReply', error: detail };
    case failureCode.nodedown:
      return isNodeName(detail) ? { kind: 'nodedown', node: detail, mayHaveLeft: true } : refuse('node name');
    default:
      return refuse('failure');
  }
}

function portOf(value: unknown): number {
  return isCount(value) && value >= 1 && value <= 65_535 ? value : refuse('port');
}

function departedOf(value: unknown): Departed[] {
  if (!Array.isArray(value)) return refuse('list of lives');
  return value.map((life: unknown) => {
    const [name, creation, ...more] = Array.isArray(life) ? (life as unknown[]) : [];
    const isLife = isNodeName(name) && isCount(creation) && more.length === 0;
    return isLife ? { name, creation } : refuse('life of a node');
  });
}

function namesOf(value: unknown): NodeName[] {
  return Array.isArray(value) && value.every(isNodeName) ? value : refuse('list of nodes');
}
