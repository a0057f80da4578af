import {
  GenServer,
  localName,
  noReply,
  reply,
  TrestleError,
  type Call,
  type CallResult,
  type From,
  type Node,
} from '@trestle/runtime';
import { partsOf } from '../../../support/test-node';
import { itHolds } from '../../../support/property';

type Request = Call<{ type: 'do'; id: number; how: 'now' | 'later' | 'never' }, number>;

/** Answers at once, after a while, or never; and sometimes it ends. */
class Worker extends GenServer<Request, never, number[]> {
  private handled: number[] = [];

  override init(handled: number[]): void {
    this.handled = handled;
  }
  override handleCall(request: { type: 'do'; id: number; how: string }, from: From): CallResult {
    this.handled.push(request.id);
    if (request.how === 'now') return reply(request as never, request.id as never);
    if (request.how === 'later') {
      this.self.sendAfter(this.self.pid, { from, id: request.id }, 300);
    }
    return noReply();
  }
  override handleInfo({ from, id }: { from: From; id: number }): void {
    this.self.reply(from, id);
  }
}
const WORKER = localName<Worker>('worker');

interface Outcome {
  readonly id: number;
  readonly how: string;
  answers: unknown[];
  readonly startedAt: number;
  endedAt: number;
}

const timeoutMs = 1_000;

describe('a call of another node, whatever happens', () => {
  itHolds('gets one answer in time; what it says of the request is true', async (sim) => {
    const random = sim.random.fork('calls');
    const handled: number[] = [];
    const outcomes: Outcome[] = [];
    const setUp = (node: Node) => node.start(Worker, { args: handled, name: WORKER });
    await sim.startNodes(3, { setUp, netTickMs: 4_000 });
    const call = (): void => {
      const [caller, server] = random.shuffle(sim.nodes);
      if (caller !== undefined && server !== undefined) {
        const how = random.pick(['now', 'later', 'never'] as const);
        const outcome: Outcome = {
          id: outcomes.length,
          how,
          answers: [],
          startedAt: sim.clock.now(),
          endedAt: 0,
        };
        outcomes.push(outcome);
        const settled = (answer: unknown): void => {
          outcome.answers.push(answer);
          outcome.endedAt = sim.clock.now();
        };
        caller
          .call(WORKER.on(server.name), { type: 'do', id: outcome.id, how }, { timeoutMs })
          .then(settled, settled);
        if (random.chance(0.05)) server.exitSignal('worker', 'oops');
      }
      if (calling) sim.clock.setTimer(call, random.between(0, 100));
    };
    let calling = true;
    call();
    await sim.disturb({
      forMs: 10_000,
      everyMs: [50, 1_500],
      lastsMs: [10, 4_000],
      faults: ['cut', 'block', 'partition', 'slow', 'crash'],
    });
    calling = false;
    await sim.advance(2 * timeoutMs);

    const problems = outcomes.flatMap(({ id, how, answers, startedAt, endedAt }) => {
      const [answer] = answers;
      const times = handled.filter((one) => one === id).length;
      const tookMs = endedAt - startedAt;
      const isRight =
        answers.length === 1 &&
        times <= 1 &&
        tookMs <= timeoutMs * 1.05 &&
        (answer === id ? times === 1 && how !== 'never' : answer instanceof TrestleError) &&
        !(answer instanceof TrestleError && !answer.mayHaveBeenHandled && times > 0);
      return isRight ? [] : [{ id, how, answers, times, tookMs }];
    });
    expect(problems).toStrictEqual([]);
    expect(outcomes.some(({ id, answers }) => answers[0] === id)).toBe(true);
    for (const node of sim.nodes) expect(partsOf(node).gen.numbers.size).toBe(0);
  });
});
