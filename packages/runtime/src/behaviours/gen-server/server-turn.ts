import { castLabel, type Label } from '../../terms/signal';
import type { Turn } from '../../process/activity';
import type { LocalProcess } from '../../process/local-process';
import type { Outcome } from './call-result';
import type { Callback, Callbacks } from './callbacks';
import { unobserved } from '../sys/observed-server';
import { shownStatus, stateOf } from './server-state';
import { nothing } from './termination';

/** The loop of a server, as far as it tells about its turns. */
interface Loop {
  readonly process: LocalProcess;
  readonly server: Callbacks;
  readonly lastMessage: unknown;
}

/** A turn of a server in which it handles one message. */
export class ServerTurn implements Turn {
  readonly callback: string;

  constructor(
    private readonly loop: Loop,
    begun: boolean,
    following: Outcome | null,
  ) {
    this.callback = begun ? nextCallback(following, loop.process) : 'init';
  }

  /** As the server's `formatStatus` shows it; `undefined` if it handled none, or cannot be asked. */
  get message(): unknown {
    const { server, lastMessage } = this.loop;
    if (lastMessage === nothing) return undefined;
    try {
      const shown = unobserved(server);
      return shownStatus(shown, { state: stateOf(shown), lastMessage }).lastMessage;
    } catch {
      return undefined;
    }
  }
}

function nextCallback(following: Outcome | null, { queueLength, mailbox }: LocalProcess): string {
  if (following?.kind === 'continue') return 'handleContinue';
  return queueLength === 0 ? 'handleInfo' : callbackFor(mailbox.headLabel());
}

/** The callback that handles a message of this label. */
export function callbackFor(label: Label): Callback {
  if (label === null) return 'handleInfo';
  return label === castLabel ? 'handleCast' : 'handleCall';
}
