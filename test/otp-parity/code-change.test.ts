import {
  AgentServer,
  BadArgumentError,
  CallTimeoutError,
  childSpec,
  CodeChangeError,
  GenServer,
  NotServerError,
  reply,
  startAgent,
  startSupervisor,
  stopServer,
  sys,
  UnsendableError,
  type Call,
  type CallResult,
  type Node,
  type ServerPid,
} from '@trestle/runtime';
import { eachPlace, puppet } from '../support/both-places';
import { logOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

type TillCall = Call<{ type: 'total' }, string>;
type TillCast = { type: 'add'; cents: number } | { type: 'crash' };

/** Counts cents. */
class Till extends GenServer<TillCall, TillCast> {
  static readonly version: unknown = 1;
  private cents = 0;
  override handleCall(request: TillCall): CallResult {
    return reply(request, `${this.cents} cents`);
  }
  override handleCast(request: TillCast): void {
    if (request.type === 'crash') throw new Error('crash');
    this.cents += request.cents;
  }
}

/** Counts euros, and says so in the currency it is told. */
class EuroTill extends GenServer<TillCall, TillCast> {
  static readonly version = 2;
  private euros = 0;
  private currency = 'euros';
  readonly changed: unknown[] = [];
  override handleCall(request: TillCall): CallResult {
    return reply(request, `${this.euros} ${this.currency}`);
  }
  override handleCast(request: TillCast): void {
    if (request.type === 'crash') throw new Error('crash');
    this.euros += request.cents / 100;
  }
  override codeChange(
    oldVersion: unknown,
    extra: unknown,
    old: Readonly<Record<string, unknown>>,
  ): void | Promise<void> {
    this.changed.push(oldVersion, extra, old);
    this.euros = (old['cents'] as number) / 100;
    Reflect.deleteProperty(this, 'cents');
    if (typeof extra === 'string') this.currency = extra;
  }
}

/** Cannot change. */
class BrokenTill extends EuroTill {
  override codeChange(): void {
    this.changed.push('half done');
    throw new Error('no way');
  }
}

const total = (node: Node, till: ServerPid<any>): Promise<string> => node.call(till, { type: 'total' });
const add = (node: Node, till: ServerPid<any>, cents: number) => node.cast(till, { type: 'add', cents });

/** A till with some cents, suspended. */
async function suspendedTill(node: Node, cents = 250): Promise<ServerPid<Till>> {
  const till = await node.start(Till);
  add(node, till, cents);
  await sys.suspend(node, till);
  return till;
}

describe('sys.changeCode', () => {
  it('makes a suspended server one of the new class, which handles what waited', async () => {
    const node = await startTestNode();
    const till = await suspendedTill(node);
    const asked = total(node, till);
    add(node, till, 50);
    await sys.changeCode(node, till, EuroTill);
    await sys.resume(node, till);
    expect(await asked).toBe('2.5 euros');
    expect(await total(node, till)).toBe('3 euros');
  });

  it('leaves pid, name, links, monitors, label and the trapping of exits as they were', async () => {
    const node = await startTestNode();
    const parent = await puppet(node, true);
    const till = await parent.self.startLink(Till, { name: 'till' });
    const ref = parent.self.monitor(till);
    await sys.suspend(node, till);
    expect(await sys.changeCode(node, 'till' as never, EuroTill)).toBe(till);
    await sys.resume(node, till);
    expect(node.whereis('till')).toBe(till);
    node.exitSignal(till, 'away');
    await settle();
    expect(parent.inbox).toEqual([
      { type: 'EXIT', from: till, reason: 'away' },
      { type: 'DOWN', ref, pid: till, reason: 'away' },
    ]);
  });

  it('tells codeChange the version of the old class, what was given as extra, and the old fields', async () => {
    const node = await startTestNode();
    const till = await suspendedTill(node);
    await sys.changeCode(node, till, EuroTill, { extra: 'EUR' });
    expect(await sys.getState(node, till)).toEqual({
      euros: 2.5,
      currency: 'EUR',
      changed: [1, 'EUR', { cents: 250 }],
    });
    await sys.resume(node, till);
    expect(await total(node, till)).toBe('2.5 EUR');
  });

  it('tells another version if it is given one, and none of a class that has none', async () => {
    class Unversioned extends Till {
      static override readonly version = undefined;
    }
    const node = await startTestNode();
    const seen = [];
    for (const [Class, options] of [
      [Till, { oldVersion: { down: 3 } }],
      [Unversioned, {}],
    ] as const) {
      const till = await node.start(Class);
      await sys.suspend(node, till);
      await sys.changeCode(node, till, EuroTill, options);
      seen.push(((await sys.getState(node, till)) as EuroTill).changed[0]);
    }
    expect(seen).toStrictEqual([{ down: 3 }, undefined]);
  });

  it('without codeChange keeps the old fields, and gives new ones what the class says', async () => {
    class Plain extends Till {
      readonly limit = 5;
    }
    const node = await startTestNode();
    const till = await suspendedTill(node);
    await sys.changeCode(node, till, Plain);
    expect(await sys.getState(node, till)).toEqual({ cents: 250, limit: 5 });
  });

  it('takes what is code from the new class: methods, accessors, and fields that hold functions', async () => {
    class Old extends GenServer<Call<{ type: 'say' }, string[]>> {
      readonly kept = () => 'kept';
      readonly speak = () => 'old';
      readonly name: string = 'old';
      readonly mood: string = 'old';
      override handleCall(request: Call<{ type: 'say' }, string[]>): CallResult {
        return reply(request, [this.speak(), this.name, this.mood, this.kept()]);
      }
    }
    class New extends GenServer<Call<{ type: 'say' }, string[]>> {
      readonly kept!: () => string;
      readonly speak = () => `new ${this.self.pid}`;
      get name(): string {
        return 'new';
      }
      mood(): string {
        return 'new';
      }
      override handleCall(request: Call<{ type: 'say' }, string[]>): CallResult {
        return reply(request, [this.speak(), this.name, this.mood(), this.kept()]);
      }
    }
    const node = await startTestNode();
    const server = await node.start(Old);
    await sys.suspend(node, server);
    const changed = await sys.changeCode(node, server, New);
    await sys.resume(node, server);
    expect(await node.call(changed, { type: 'say' })).toEqual([`new ${server}`, 'new', 'new', 'kept']);
  });

  it('is refused for a server that is not suspended: the old class runs on', async () => {
    const node = await startTestNode();
    const till = await node.start(Till, { name: 'till' });
    const changing = sys.changeCode(node, 'till' as never, EuroTill);
    await expect(changing).rejects.toBeInstanceOf(CodeChangeError);
    await expect(changing).rejects.toMatchObject({
      reason: 'notSuspended',
      message: `changeCode till@${node.name}: the old class runs on: it is not suspended`,
    });
    add(node, till, 1);
    expect(await total(node, till)).toBe('1 cents');
  });

  it.each([
    ['codeChange throws', BrokenTill, 'no way'],
    [
      'codeChange rejects',
      class extends EuroTill {
        override codeChange(): Promise<void> {
          return Promise.resolve().then(() => this.self.exit('later'));
        }
      },
      'later',
    ],
    [
      'the constructor throws',
      class extends EuroTill {
        constructor() {
          super();
          throw new Error('unborn');
        }
      },
      'unborn',
    ],
  ])('changes nothing if %s, and says so', async (_, Broken, why) => {
    const node = await startTestNode();
    const till = await suspendedTill(node);
    const error: unknown = await sys.changeCode(node, till, Broken).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CodeChangeError);
    expect((error as CodeChangeError).message).toMatch(
      new RegExp(`^changeCode ${till}: the old class runs on: .*${why}`),
    );
    expect((error as CodeChangeError).cause).toBeInstanceOf(Error);
    expect(await sys.getStatus(node, till)).toMatchObject({ module: 'Till', status: 'suspended' });
    await sys.resume(node, till);
    expect(await total(node, till)).toBe('250 cents');
  });

  it('waits for a codeChange that takes its time, and lets nothing in between', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    class Slow extends EuroTill {
      override async codeChange(...change: Parameters<EuroTill['codeChange']>): Promise<void> {
        await gate;
        await super.codeChange(...change);
      }
    }
    const node = await startTestNode();
    const till = await suspendedTill(node);
    const changing = sys.changeCode(node, till, Slow);
    const asked = [sys.getState(node, till), sys.resume(node, till), total(node, till)];
    let answers = 0;
    for (const answer of asked) void answer.then(() => (answers += 1));
    await settle();
    expect(answers).toBe(0);
    open();
    await changing;
    expect((await Promise.all(asked)).at(-1)).toBe('2.5 euros');
  });

  it('that takes too long does not happen later', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    class Slow extends EuroTill {
      override codeChange(): Promise<void> {
        return gate;
      }
    }
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const till = await suspendedTill(node);
    const changing = sys.changeCode(node, till, Slow, { timeoutMs: 100 }).catch((error: unknown) => error);
    await clock.advance(110);
    expect(await changing).toBeInstanceOf(CallTimeoutError);
    open();
    await sys.resume(node, till);
    expect(await total(node, till)).toBe('250 cents');
  });

  it('of a server that ends meanwhile fails as a call does', async () => {
    class Never extends EuroTill {
      override codeChange(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const node = await startTestNode();
    const till = await suspendedTill(node);
    const changing = sys.changeCode(node, till, Never);
    node.exitSignal(till, 'kill');
    await expect(changing).rejects.toMatchObject({ code: 'ERR_SERVER_EXIT', reason: 'killed' });
  });

  it('can be undone by another one', async () => {
    class Back extends Till {
      override codeChange(_: unknown, __: unknown, old: Readonly<Record<string, unknown>>): void {
        Object.assign(this, { cents: (old['euros'] as number) * 100 });
      }
    }
    const node = await startTestNode();
    const till = await suspendedTill(node);
    await sys.changeCode(node, till, EuroTill);
    await sys.changeCode(node, till, Back);
    await sys.resume(node, till);
    expect(await total(node, till)).toBe('250 cents');
  });

  it('changes the code of terminate and of crash reports as well', async () => {
    class Last extends EuroTill {
      override terminate(): void {
        this.self.node.log.info('the new one cleans up');
      }
    }
    const node = await startTestNode();
    const till = await suspendedTill(node);
    await sys.changeCode(node, till, Last);
    await sys.resume(node, till);
    const { reason } = await watch(node, till);
    node.cast(till, { type: 'crash' });
    expect(await reason).toMatchObject({ message: 'crash' });
    expect(logOf(node).map(({ text }) => text)).toEqual([
      'the new one cleans up',
      `GenServer Last ${till} terminating`,
    ]);
  });

  it('leaves what is observed as it was', async () => {
    const node = await startTestNode();
    const till = await node.start(Till);
    await sys.statistics(node, till, true);
    await sys.trace(node, till, true);
    await sys.suspend(node, till);
    await sys.changeCode(node, till, EuroTill);
    await sys.resume(node, till);
    add(node, till, 100);
    expect(await sys.statistics(node, till, 'get')).toMatchObject({ messagesIn: 1 });
    expect(logOf(node).at(-1)!.text).toBe(`GenServer EuroTill ${till} got a cast`);
  });

  it('keeps the value of an agent', async () => {
    const node = await startTestNode();
    const agent = await startAgent(node, () => ({ n: 1 }));
    await sys.suspend(node, agent.address);
    class NextAgent extends AgentServer<{ n: number }> {}
    await sys.changeCode(node, agent.address, NextAgent);
    await sys.resume(node, agent.address);
    expect(await agent.get(({ n }) => n)).toBe(1);
    expect((await sys.getStatus(node, agent.address)).module).toBe('NextAgent');
  });

  it('is refused for a server on another node: classes do not travel', async () => {
    await eachPlace(async ({ here, there, apart }) => {
      const till = await suspendedTill(there);
      const changing = sys.changeCode(here, till, EuroTill);
      if (apart) await expect(changing).rejects.toBeInstanceOf(UnsendableError);
      else expect(await changing).toBe(till);
    });
  });

  it('is refused for what is no server, no class of servers, and for options there are not', async () => {
    const node = await startTestNode();
    const till = await suspendedTill(node);
    const plain = await puppet(node);
    await expect(sys.changeCode(node, plain.pid, EuroTill)).rejects.toBeInstanceOf(NotServerError);
    for (const Class of [undefined, null, {}, 5, () => {}, class Nothing {}, new EuroTill()]) {
      const changing = sys.changeCode(node, till, Class as never);
      await expect(changing).rejects.toThrow('changeCode: expected a class of servers, got');
    }
    const wrong = { extras: 1 } as never;
    await expect(sys.changeCode(node, till, EuroTill, wrong)).rejects.toBeInstanceOf(BadArgumentError);
    expect((await sys.getStatus(node, till)).module).toBe('Till');
  });
});

describe('sys.upgrade', () => {
  it('changes every server of a class, all of which go on', async () => {
    const node = await startTestNode();
    const tills = [await node.start(Till), await node.start(Till), await node.start(Till)];
    for (const [index, till] of tills.entries()) add(node, till, 100 * index);
    expect(await sys.upgrade(node, Till, EuroTill, { extra: 'EUR' })).toEqual(tills);
    const totals = await Promise.all(tills.map((till) => total(node, till)));
    expect(totals).toEqual(['0 EUR', '1 EUR', '2 EUR']);
  });

  it('leaves servers of other classes alone, also of derived ones', async () => {
    class Derived extends Till {}
    const node = await startTestNode();
    const derived = await node.start(Derived);
    expect(await sys.upgrade(node, Till, EuroTill)).toStrictEqual([]);
    expect((await sys.getStatus(node, derived)).module).toBe('Derived');
  });

  it('has supervisors restart servers of the new class', async () => {
    const node = await startTestNode();
    const children = [childSpec(Till, { name: 'till' })];
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne', children });
    const [till] = await sys.upgrade(node, Till, EuroTill);
    node.exitSignal(till!, 'kill');
    await sys.getState(node, supervisor);
    const restarted = node.whereis('till') as ServerPid<EuroTill>;
    expect(restarted).not.toBe(till);
    expect(await total(node, restarted)).toBe('0 euros');
    expect(await total(node, await node.start(Till))).toBe('0 euros');
  });

  it('again leads to the newest class, and back to the first', async () => {
    class ThirdTill extends EuroTill {
      override codeChange(): void {}
    }
    class Again extends Till {}
    const node = await startTestNode();
    const till = await node.start(Till);
    await sys.upgrade(node, Till, EuroTill);
    expect(await sys.upgrade(node, EuroTill, ThirdTill)).toEqual([till]);
    expect((await sys.getStatus(node, await node.start(Till))).module).toBe('ThirdTill');
    await sys.upgrade(node, ThirdTill, Again);
    await sys.upgrade(node, Again, Till);
    const started = [node.start(Till), node.start(EuroTill), node.start(ThirdTill), node.start(Again)];
    for (const server of await Promise.all<ServerPid<any>>(started))
      expect((await sys.getStatus(node, server)).module).toBe('Till');
  });

  it('of which one fails leaves all as they were, and says which', async () => {
    class Picky extends EuroTill {
      override codeChange(...change: Parameters<EuroTill['codeChange']>): void {
        void super.codeChange(...change);
        if (this.self.node.whereis('picky') === this.self.pid) throw new Error('not me');
      }
    }
    const node = await startTestNode();
    const tills = [await node.start(Till), await node.start(Till, { name: 'picky' }), await node.start(Till)];
    const upgrading = sys.upgrade(node, Till, Picky);
    await expect(upgrading).rejects.toThrow(`upgrade ${tills[1]}: the old class runs on: Error: not me`);
    tills.push(await node.start(Till));
    for (const till of tills) {
      add(node, till, 5);
      expect(await total(node, till)).toBe('5 cents');
      expect(await sys.getStatus(node, till)).toMatchObject({ module: 'Till', status: 'running' });
    }
  });

  it('of which one takes too long leaves all as they were', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    class Busy extends GenServer<TillCall, TillCast> {
      override async handleCall(request: TillCall): Promise<CallResult> {
        await gate;
        return reply(request, '0 cents');
      }
    }
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const tills = [await node.start(Busy), await node.start(Busy)];
    const asked = total(node, tills[1]!);
    const upgrading = sys.upgrade(node, Busy, EuroTill, { timeoutMs: 100 }).catch((error: unknown) => error);
    await clock.advance(110);
    expect(await upgrading).toBeInstanceOf(CallTimeoutError);
    open();
    expect(await asked).toBe('0 cents');
    for (const till of tills)
      expect(await sys.getStatus(node, till)).toMatchObject({ module: 'Busy', status: 'running' });
  });

  it('waits for one that is under way, which may fail without taking back what comes after it', async () => {
    let fail = (): void => {};
    const gate = new Promise<never>((_, reject) => (fail = () => reject(new Error('late'))));
    class Slow extends EuroTill {
      override codeChange(): Promise<void> {
        return gate;
      }
    }
    const node = await startTestNode();
    const till = await node.start(Till);
    const first = sys.upgrade(node, Till, Slow).catch((error: unknown) => error);
    const second = sys.upgrade(node, Till, EuroTill);
    await settle();
    fail();
    expect(await first).toBeInstanceOf(CodeChangeError);
    expect(await second).toEqual([till]);
    for (const server of [till, await node.start(Till)])
      expect(await sys.getStatus(node, server)).toMatchObject({ module: 'EuroTill', status: 'running' });
  });

  it('leaves a server suspended that somebody else has suspended', async () => {
    const node = await startTestNode();
    const till = await suspendedTill(node);
    await sys.upgrade(node, Till, EuroTill);
    expect(await sys.getStatus(node, till)).toMatchObject({ module: 'EuroTill', status: 'suspended' });
  });

  it('does without a server that ends meanwhile', async () => {
    const node = await startTestNode();
    const [first, second] = [await node.start(Till), await node.start(Till)];
    const upgrading = sys.upgrade(node, Till, EuroTill);
    node.exitSignal(first, 'kill');
    expect(await upgrading).toEqual([second]);
  });

  it('is one of a node: others go on with the old class', async () => {
    await eachPlace(async ({ here, there, apart }) => {
      const till = await there.start(Till);
      expect(await sys.upgrade(here, Till, EuroTill)).toEqual(apart ? [] : [till]);
      expect(await total(here, till)).toBe(apart ? '0 cents' : '0 euros');
      await stopServer(here, till);
    });
  });

  it('is refused for a server of the class itself, and for what is no class of servers', async () => {
    class Selfish extends GenServer<Call<{ type: 'go' }, unknown>> {
      override async handleCall(request: Call<{ type: 'go' }, unknown>): Promise<CallResult> {
        return reply(request, await sys.upgrade(this.self, Selfish, EuroTill).catch(String));
      }
    }
    const node = await startTestNode();
    const selfish = await node.start(Selfish);
    expect(await node.call(selfish, { type: 'go' })).toMatch(
      /upgrade: expected to be called by another process/,
    );
    await expect(sys.upgrade(node, Till, 5 as never)).rejects.toThrow(
      'upgrade: expected a class of servers, got 5',
    );
    await expect(sys.upgrade(5 as never, Till, EuroTill)).rejects.toBeInstanceOf(BadArgumentError);
  });
});
