import { callers, rate } from './harness';

/** One actor of another library, and how it is asked. */
interface Peer {
  readonly ask: () => Promise<unknown>;
  readonly stop?: () => unknown;
  /** Calls in a run of a thousand callers: fewer for a library that loses replies otherwise. */
  readonly concurrentCalls?: number;
}

// The libraries are no dependency: what they export is looked up when they are there.
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment,
   @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return,
   @typescript-eslint/restrict-plus-operands */

/** How each library is asked. `library` is what importing it gives. */
const peers: Readonly<Record<string, (library: any) => Promise<Peer>>> = {
  async xstate({ createActor, fromTransition }) {
    const count = (state: any, event: any): unknown => {
      event.reply(state.n + 1);
      return { n: state.n + 1 };
    };
    const actor = createActor(fromTransition(count, { n: 0 }));
    actor.start();
    return { ask: () => new Promise((reply) => actor.send({ type: 'call', reply })) };
  },

  async nact({ start, spawn, dispatch, query, stop }) {
    const system = start();
    const count = (state = 0, message: any): number => {
      dispatch(message.from, state + 1);
      return state + 1;
    };
    const actor = spawn(system, count, 'counter');
    const ask = (): Promise<unknown> => query(actor, (from: unknown) => ({ from }), 20_000);
    return { ask, stop: () => stop(system), concurrentCalls: 10_000 };
  },

  async comedy(library) {
    const silent = { categories: { default: 'Silent' } };
    const system = (library.default ?? library)({ test: false, loggerConfiguration: silent });
    const root = await system.rootActor();
    let n = 0;
    const actor = await root.createChild({ inc: () => (n += 1) }, { mode: 'in-memory', name: 'counter' });
    return { ask: () => actor.sendAndReceive('inc', 1), stop: () => system.destroy() };
  },

  async moleculer({ ServiceBroker }) {
    const broker = new ServiceBroker({ logger: false, nodeID: 'bench' });
    let n = 0;
    broker.createService({ name: 'counter', actions: { inc: () => (n += 1) } });
    await broker.start();
    return { ask: () => broker.call('counter.inc', {}), stop: () => broker.stop() };
  },

  async effect({ Effect, Queue, Deferred }) {
    const queue = await Effect.runPromise(Queue.unbounded());
    const loop = Effect.gen(function* (): any {
      for (let n = 1; ; n++) yield* Deferred.succeed(yield* Queue.take(queue), n);
    });
    Effect.runFork(loop);
    const call = Effect.gen(function* (): any {
      const deferred = yield* Deferred.make();
      yield* Queue.offer(queue, deferred);
      return yield* Deferred.await(deferred);
    });
    return { ask: () => Effect.runPromise(call) };
  },
};

/** What importing a library gives; `undefined` if it is not installed. */
async function library(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch {
    process.stderr.write(`${name} is not installed, so it is not measured: npm install --no-save ${name}\n`);
    return undefined;
  }
}

/** Other libraries of actors, those that are installed: one actor that is asked. */
async function main(): Promise<void> {
  for (const [name, start] of Object.entries(peers)) {
    const found = await library(name);
    if (found === undefined) continue;
    const { ask, stop, concurrentCalls = 300_000 } = await start(found);
    await rate(`${name}: ask, one caller`, 300_000, (n) => callers(n, 1, ask));
    await rate(`${name}: ask, 1,000 callers`, concurrentCalls, (n) => callers(n, 1_000, ask));
    await stop?.();
  }
  process.exit(0);
}

void main();
