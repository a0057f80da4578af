import type { Destination } from '../terms/address';
import { BadArgumentError } from '../terms/errors';
import { noNode, type NodeName } from '../terms/node-name';
import type { ControlSignal } from '../terms/signal';
import type { Distribution, OneWaySignal } from './distribution';
import type { PendingCall } from './calls/pending-call';
import { unansweredSpawn } from '../terms/spawn-signal';

/** The distribution of a node without a name: every other node is out of reach. */
export class NoDistribution implements Distribution {
  readonly openSockets = 0;
  readonly isHidden = false;
  readonly allowedNodes = null;
  readonly limits = null;

  constructor(private readonly answers: { follow(signal: ControlSignal): void }) {}

  send(node: NodeName, signal: OneWaySignal): void {
    const answer = noConnection(signal);
    if (answer !== undefined) this.answers.follow(answer);
  }

  call(node: NodeName, to: Destination, request: unknown, call: PendingCall): void {
    call.fail({ kind: 'nodedown', node, mayHaveLeft: false });
  }

  reply(): void {
    // The caller's node is out of reach, and has failed the call.
  }

  outflow(): undefined {
    return undefined;
  }
  bytesFrom(): number {
    return 0;
  }
  connect(): Promise<boolean> {
    return Promise.resolve(false);
  }
  disconnect(): Promise<boolean> {
    return Promise.resolve(false);
  }
  ping(): Promise<'pang'> {
    return Promise.resolve('pang');
  }
  list(): NodeName[] {
    return [];
  }
  getCookie(): undefined {
    return undefined;
  }
  setCookie(): never {
    throw new BadArgumentError({ call: 'setCookie', expected: 'a node with a name', got: noNode });
  }
  reloadTls(): Promise<never> {
    const wrong = { call: 'reloadTls', expected: 'a node with a name', got: noNode };
    return Promise.reject(new BadArgumentError(wrong));
  }
  drain(): Promise<true> {
    return Promise.resolve(true);
  }
  leave(): void {
    // There is nobody to leave.
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
}

/** What answers a signal whose receiver's node cannot be reached; most signals have no answer. */
export function noConnection(signal: OneWaySignal): ControlSignal | undefined {
  if (signal.kind === 'link') {
    return { kind: 'linkExit', from: signal.to, to: signal.from, reason: 'noconnection' };
  }
  if (signal.kind === 'monitor') {
    return { kind: 'down', ref: signal.ref, to: signal.from, pid: signal.to, reason: 'noconnection' };
  }
  if (signal.kind === 'spawnRequest') return unansweredSpawn(signal, false);
  return undefined;
}

/** Links, monitors and requests are gone with their connection: nobody over there waits to hear that they end. */
export function endsRelation({ kind }: OneWaySignal): boolean {
  if (kind === 'spawnReply') return true;
  return kind === 'unlink' || kind === 'linkExit' || kind === 'demonitor' || kind === 'down';
}
