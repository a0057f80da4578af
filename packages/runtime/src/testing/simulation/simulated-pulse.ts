import type {
  Pulse,
  PulseAnswer,
  PulseLine,
  PulseOpening,
  PulseQuestion,
} from '../../distribution/pulse/pulse-line';
import type { PulseParty, PulsePort } from './wires';

/** The port on which every simulated pulse listens. */
const port = 2;

/** The pulses of a simulated network: a question goes there and an answer comes back, if both ways are open. */
export class SimulatedPulseLine implements PulseLine {
  /** That of the node itself, while it is open. */
  own: SimulatedPulse | null = null;

  constructor(private readonly party: PulseParty) {}

  open(opening: PulseOpening): Promise<Pulse> {
    this.own = new SimulatedPulse(this.party, opening, () => (this.own = null));
    return Promise.resolve(this.own);
  }

  ask({ owner, signal }: PulseQuestion): Promise<PulseAnswer | undefined> {
    const { wires, name } = this.party;
    return new Promise((resolve) => {
      const there = wires.pulsePipe(name, owner.name, () => {
        answer = wires.pulseAt(owner.name)?.answer(owner.creation);
        // Where no pulse listens the machine says so.
        back.send({ kind: answer === undefined ? 'refused' : 'opened' });
      });
      let answer: PulseAnswer | undefined;
      const back = wires.pipe(owner.name, name, () => {
        end(answer);
      });
      const giveUp = (): void => {
        end(undefined);
      };
      signal.addEventListener('abort', giveUp);
      const end = (result: PulseAnswer | undefined): void => {
        signal.removeEventListener('abort', giveUp);
        there.silence();
        back.silence();
        resolve(result);
      };
      there.send({ kind: 'open' });
    });
  }
}

/** The pulse of one life of a simulated node. */
export class SimulatedPulse implements Pulse, PulsePort {
  readonly port = port;
  private lastBeat: number;
  private beats = 0;

  constructor(
    private readonly party: PulseParty,
    private readonly opening: PulseOpening,
    private readonly onClose: () => void,
  ) {
    this.lastBeat = party.wires.clock.now();
  }

  beat(): void {
    this.beats += 1;
    this.lastBeat = this.party.wires.clock.now();
  }

  accept(): void {
    // Nobody here is a stranger.
  }

  close(): Promise<void> {
    this.onClose();
    return Promise.resolve();
  }

  answer(creation: number): PulseAnswer | undefined {
    if (creation !== this.opening.self.creation) return undefined;
    const late = this.party.wires.clock.now() - this.lastBeat - this.opening.beatMs;
    return { blockedMs: Math.max(0, late), beats: this.beats };
  }
}
