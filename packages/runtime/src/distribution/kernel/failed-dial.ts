import type { NodeLog } from '../../node/log/node-log';
import type { NodeName } from '../../terms/node-name';
import type { HandshakeOutcome } from '../link/handshake-exchange';

/** Logs that a node was dialled in vain: as a warning if the two do not fit together, which time will not mend. */
export function reportFailedDial(log: NodeLog, peer: NodeName, outcome: HandshakeOutcome): void {
  const about = { type: 'connection', event: 'failed', peer } as const;
  if (outcome.kind === 'failed') log.report('warning', { ...about, problem: outcome.message });
  else if (outcome.kind === 'closed' && outcome.problem !== undefined) {
    log.report('debug', { ...about, problem: outcome.problem });
  }
}
