import type { Ref } from '../../terms/ref';
import type { ControlSignal } from '../../terms/signal';
import type { SpawnReplySignal, SpawnRequestSignal } from '../../terms/spawn-signal';
import { exitEffect, type ArrivedExit } from '../../process/exit-rules';
import type { LocalProcess } from '../../process/local-process';

/** Where the answers to a control signal go. */
interface Answers {
  follow(signal: ControlSignal): void;
  /** A DOWN is to be delivered. @returns its type */
  monitorEnded(ref: Ref): string;
  /** Processes that this node starts for others, and others for it. */
  readonly spawns: {
    perform(request: SpawnRequestSignal): void;
    answered(reply: SpawnReplySignal): void;
  };
}

/**
 * What a control signal does to its receiver, a process of this node; `undefined` if there is no such process: then
 * a link is answered with an exit `noproc`, and a monitor with a DOWN `noproc`.
 */
export function receiveControl(
  signal: ControlSignal,
  receiver: LocalProcess | undefined,
  answers: Answers,
): void {
  switch (signal.kind) {
    case 'link':
      if (receiver === undefined) {
        answers.follow({ kind: 'linkExit', from: signal.to, to: signal.from, reason: 'noproc' });
      } else receiver.addLink(signal.from);
      return;
    case 'unlink':
      receiver?.removeLink(signal.from);
      return;
    case 'exit':
      if (receiver !== undefined)
        applyExit(receiver, { from: signal.from, reason: signal.reason, viaLink: false });
      return;
    case 'linkExit':
      // Without the link the signal is late: the receiver has unlinked in the meantime and must not hear of it.
      if (receiver?.removeLink(signal.from) === true) {
        applyExit(receiver, { from: signal.from, reason: signal.reason, viaLink: true });
      }
      return;
    case 'monitor':
      receiveMonitor(signal, receiver, answers);
      return;
    case 'demonitor':
      receiver?.removeWatcher(signal.ref);
      return;
    case 'down':
      receiveDown(signal, receiver, answers);
      return;
    case 'spawnRequest':
      answers.spawns.perform(signal);
      return;
    case 'spawnReply':
      answers.spawns.answered(signal);
  }
}

function receiveDown(
  { ref, pid, reason }: Extract<ControlSignal, { kind: 'down' }>,
  receiver: LocalProcess | undefined,
  answers: Answers,
): void {
  // Without the monitor the signal is late: the receiver has demonitored in the meantime.
  if (receiver?.removeMonitor(ref) === undefined) return;
  const type = answers.monitorEnded(ref) as 'DOWN';
  receiver.owe({ type, ref, pid, reason });
}

function receiveMonitor(
  signal: Extract<ControlSignal, { kind: 'monitor' }>,
  receiver: LocalProcess | undefined,
  answers: Answers,
): void {
  const { ref, from, to } = signal;
  if (receiver === undefined) answers.follow({ kind: 'down', ref, to: from, pid: to, reason: 'noproc' });
  else receiver.addWatcher(signal);
}

function applyExit(receiver: LocalProcess, exit: ArrivedExit): void {
  const effect = exitEffect(exit, receiver);
  if (effect.effect === 'end') receiver.end(effect.reason);
  else if (effect.effect === 'message') receiver.owe(effect.message);
}
