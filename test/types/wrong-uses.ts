// What must not compile: each line below a `@ts-expect-error` is a mistake that the types catch.
import {
  checkResponse,
  childSpec,
  continueWith,
  decline,
  GenServer,
  hibernate,
  ignore,
  localName,
  noReply,
  Process,
  reply,
  receiveResponse,
  replyPort,
  RequestIds,
  sendRequest,
  stop,
  waitResponse,
  type Alias,
  type Call,
  type CallResult,
  type Down,
  type From,
  type InitResult,
  type Next,
  type Node,
  type Pid,
  type RequestId,
  type Self,
  type SendOutcome,
  type ServerRef,
} from '@trestle/runtime';
import { KV, KvServer } from './api-programs';

type Ping = { type: 'ping'; from: Pid<Pong> };
type Pong = { type: 'pong'; n: number };

declare const node: Node;
declare const self: Self<Pong>;
declare const ponger: Pid<Ping>;

/** Fails to compile unless both types are the same. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : { different: [A, B] };
function same<A, B>(_same: Same<A, B>): void {}

export async function processes(): Promise<void> {
  // @ts-expect-error a message that the process does not take
  self.send(ponger, { type: 'pong', n: 1 });
  // @ts-expect-error a field is missing
  self.send(ponger, { type: 'ping' });
  // @ts-expect-error a field of the wrong type
  self.send(ponger, { type: 'ping', from: 'kv' });
  // @ts-expect-error a type that never comes
  await self.receive('png');
  // @ts-expect-error one of the types never comes
  await self.receive(['pong', 'ping']);
  // @ts-expect-error the guard sees what the types say
  await self.receive('pong', { where: (pong) => pong.m === 1 });
  // @ts-expect-error an option that there is not
  await self.receive('pong', { timeoutMs: 1 });
  // @ts-expect-error a pid of another type of messages
  const _wrong: Pid<Pong> = ponger;
  // @ts-expect-error a string is no pid
  self.link('kv');
  // @ts-expect-error a body is a function
  node.spawn(5);
  // @ts-expect-error an EXIT is a message only after `receive`
  self.trapExit('yes');
  // @ts-expect-error a reference comes from `monitor`
  self.demonitor('ref');
  // @ts-expect-error a message that the process of the alias does not take
  self.send(self.alias(), { type: 'ping' });
  // @ts-expect-error an alias is for messages only
  self.link(self.alias());
  // @ts-expect-error the reference of a monitor is an alias only if it is asked for
  self.unalias(self.monitor(ponger));
  // @ts-expect-error that kind is of monitors
  self.alias('demonitor');
  // @ts-expect-error code that is no process has no mailbox
  await node.receive();

  const pong = await self.receive('pong');
  same<typeof pong, Pong>(true);
  const pongOrDown = await self.receive(['pong', 'DOWN']);
  same<typeof pongOrDown, Pong | Down>(true);
  const late = await self.receive('pong', { afterMs: 50 });
  same<typeof late, Pong | undefined>(true);
  const child = self.spawn<Ping>(() => undefined);
  same<typeof child, Pid<Ping>>(true);
  const alias = self.alias('reply');
  same<typeof alias, Alias<Pong>>(true);
  self.send(alias, { type: 'pong', n: 1 });
  self.monitor(ponger, { tag: 'pongerDown' });
  const tagged = await (self as Self<Pong | Down<'pongerDown'>>).receive('pongerDown');
  same<typeof tagged, Down<'pongerDown'>>(true);
  // @ts-expect-error a tag is a type, a string
  self.monitor(ponger, { tag: 5 });
  const watching = self.monitor(ponger, { alias: 'replyDemonitor' });
  same<typeof watching, Alias<Pong>>(true);
  const own = self.pid;
  same<typeof own, Pid<Pong>>(true);
}

class Counter extends Process<Pong> {
  override async run(): Promise<void> {
    const pong = await this.receive('pong');
    same<typeof pong, Pong>(true);
    // @ts-expect-error a type that never comes
    await this.receive('png');
  }
}

export async function processClasses(): Promise<void> {
  const counter = node.start(Counter);
  same<typeof counter, Pid<Pong>>(true);
  // @ts-expect-error a message that the class does not take
  node.send(counter, { type: 'ping', from: self.pid });
  // @ts-expect-error a process class takes no options
  void node.start(Counter, { name: 'counter' });
}

export async function calls(): Promise<void> {
  const kv = await node.start(KvServer, { args: { limit: 1 } });
  const value = await node.call(kv, { type: 'get', key: 'x' });
  same<typeof value, string | undefined>(true);
  const size = await node.call(KV, { type: 'put', key: 'x', value: 'y' });
  same<typeof size, number>(true);
  const waited = await self.call(KV.on('b@host'), { type: 'waitFor', key: 'x' });
  same<typeof waited, string>(true);

  // @ts-expect-error an unknown request
  await node.call(kv, { type: 'gat', key: 'x' });
  // @ts-expect-error a missing field
  await node.call(kv, { type: 'put', key: 'x' });
  // @ts-expect-error a field of the wrong type
  await node.call(KV, { type: 'get', key: 5 });
  // @ts-expect-error a cast sent as a call
  await node.call(kv, { type: 'delete', key: 'x' });
  // @ts-expect-error a call sent as a cast
  node.cast(kv, { type: 'get', key: 'x' });
  // @ts-expect-error an unknown cast
  node.cast(KV.on('b@host'), { type: 'dlete', key: 'x' });
  // @ts-expect-error an option that there is not
  await node.call(kv, { type: 'get', key: 'x' }, { timeout: 5 });
  // @ts-expect-error the reply is no number
  const _count: number = await node.call(kv, { type: 'get', key: 'x' });
  // @ts-expect-error an untyped name needs a cast that review sees
  await node.call('kv', { type: 'get', key: 'x' });
  // @ts-expect-error an untyped name on a node too
  await node.call({ name: 'kv', node: 'b@host' }, { type: 'get', key: 'x' });
  // @ts-expect-error a process that is no server
  await node.call(ponger, { type: 'ping', from: self.pid });
  const untyped: number = await node.call('kv' as unknown as ServerRef<any>, { anything: true });
  node.cast({ name: 'kv', node: 'b@host' } as ServerRef<any>, [untyped]);
}

class Plain extends GenServer {}

export async function starts(): Promise<void> {
  await node.start(Plain);
  await node.start(Plain, { name: 'plain', timeoutMs: 5 });
  // @ts-expect-error the arguments are missing
  await node.start(KvServer);
  // @ts-expect-error the arguments are missing among the options
  await node.start(KvServer, { name: KV });
  // @ts-expect-error an argument of the wrong type
  await node.start(KvServer, { args: { limit: 'many' } });
  // @ts-expect-error an argument where there is none
  await node.start(Plain, { args: 5 });
  // @ts-expect-error an option that there is not
  await node.start(KvServer, { args: { limit: 1 }, nme: 'x' });
  // @ts-expect-error no server and no process
  await node.start(class Other {});
  // @ts-expect-error the arguments are missing
  await self.startLink(KvServer);
  const pid = await self.startLink(KvServer, { args: { limit: 1 } });
  // @ts-expect-error an unknown request
  await self.call(pid, { type: 'gat', key: 'x' });
}

export function childSpecs(): void {
  // @ts-expect-error the arguments are missing
  childSpec(KvServer);
  // @ts-expect-error a restart type that there is not
  childSpec(Plain, { restart: 'always' });
  // @ts-expect-error an argument of the wrong type
  childSpec(KvServer, { args: { limit: 'many' } });
}

type Calls = Call<{ type: 'name' }, string> | Call<{ type: 'age' }, number>;

export class Replies extends GenServer<Calls, { type: 'x' }> {
  override handleCall(request: Calls, from: From): CallResult {
    switch (request.type) {
      case 'name':
        // @ts-expect-error a number where the request wants a string
        return reply(request, 5);
      case 'age':
        // @ts-expect-error a string where the request wants a number
        replyPort(request, from).send('five');
        if (from.pid === this.self.pid) return stop('normal', reply(request, 5));
        return noReply(continueWith('more'));
    }
  }
}

export class BadReturns extends GenServer<Calls, { type: 'x' }> {
  // @ts-expect-error a plain value is no reply
  override handleCall(_request: Calls): string {
    return 'name';
  }
  // @ts-expect-error a cast has no reply
  override handleCast(request: { type: 'x' }): CallResult {
    return reply(request, 5);
  }
}

// @ts-expect-error `continueWith` alone answers no call
export const onlyContinue: CallResult = continueWith(1);
// @ts-expect-error `hibernate` alone answers no call
export const onlyHibernate: CallResult = hibernate();
// @ts-expect-error `ignore` is for `init`
export const ignoreCall: CallResult = ignore();
// @ts-expect-error `ignore` is for `init`
export const ignoreMessage: Next = ignore();
// @ts-expect-error `decline` is for `init`
export const declineMessage: Next = decline('no');
// @ts-expect-error a reply is for `handleCall`
export const replyNext: Next = reply({ type: 'x' }, 5);
// @ts-expect-error after a reply comes `continueWith`, `hibernate`, a timeout or nothing
export const replyThenNoReply = reply({ type: 'x' }, undefined as never, noReply());
// @ts-expect-error a timeout has its unit in its name
export const unitless = noReply({ timeout: 5 });
// @ts-expect-error a timeout is a number
export const timeless = noReply({ timeoutMs: '5' });
// @ts-expect-error a timeout alone is no result
export const onlyTimeout: Next = { timeoutMs: 5 };
// @ts-expect-error before a stop comes a reply or nothing
export const stopThenNoReply = stop('normal', noReply());
export const fine: [
  InitResult,
  InitResult,
  InitResult,
  InitResult,
  Next,
  Next,
  Next,
  CallResult,
  CallResult,
] = [
  noReply({ timeoutMs: 5 }),
  decline('no'),
  ignore(),
  undefined,
  stop('normal'),
  noReply(),
  continueWith(1),
  stop('normal'),
  noReply(hibernate()),
];

export class WrongCast extends GenServer<Calls, { type: 'x' }> {
  // @ts-expect-error the casts of the server are others
  override handleCast(_request: { type: 'y' }): void {}
}

// @ts-expect-error a name is a string
localName<KvServer>(5);

export function wrongMailboxes(node: Node): void {
  node.spawn(() => undefined, { mailbox: { maxMessages: 10, policy: 'dropOldest' } });
  // @ts-expect-error a bound says how many
  node.spawn(() => undefined, { mailbox: { policy: 'reject' } });
  // @ts-expect-error there is no such policy
  node.spawn(() => undefined, { mailbox: { maxMessages: 10, policy: 'drop' } });
  // @ts-expect-error a process has no args
  node.spawn(() => undefined, { args: 1 });
}

export async function requests(): Promise<void> {
  const get = sendRequest(self, KV, { type: 'get', key: 'x' });
  same<typeof get, RequestId<string | undefined>>(true);
  const response = await receiveResponse(self, get);
  if (response.status === 'reply') same<typeof response.reply, string | undefined>(true);
  // @ts-expect-error a request that the server does not take
  sendRequest(self, KV, { type: 'got', key: 'x' });
  // @ts-expect-error a field is missing
  sendRequest(self, KV, { type: 'get' });
  const numbers = new RequestIds<number, 'a'>();
  sendRequest(self, KV, { type: 'put', key: 'x', value: '1' }, { requests: numbers, label: 'a' });
  // @ts-expect-error a reply that is not one of the collection's
  sendRequest(self, KV, { type: 'get', key: 'x' }, { requests: numbers, label: 'a' });
  // @ts-expect-error a label that is not one of the collection's
  sendRequest(self, KV, { type: 'put', key: 'x', value: '1' }, { requests: numbers, label: 'b' });
  const either = new RequestIds<string | number | undefined, string>();
  sendRequest(self, KV, { type: 'get', key: 'x' }, { requests: either, label: 'b' });
  const any = await waitResponse(self, either, { timeoutMs: 5 });
  if (any.status === 'reply') same<typeof any.label, string>(true);
  // @ts-expect-error the response to one request has no label
  checkResponse('x', get)?.label;
}

export async function suspendedSends(ping: Ping): Promise<void> {
  same<ReturnType<typeof sendAtOnce>, SendOutcome>(true);
  await self.send(ponger, ping, { suspend: true });
  // @ts-expect-error a message of another type
  self.send(ponger, { type: 'pong' as const }, { nosuspend: true });
  // @ts-expect-error either one or the other
  void self.send(ponger, ping, { nosuspend: true, suspend: true });
  // @ts-expect-error to send without waiting takes no option
  void self.send(ponger, ping, { suspend: false });
  // @ts-expect-error a cast that the server does not take
  node.cast(KV, { type: 'deleted' }, { nosuspend: true });
  // @ts-expect-error a plain send has no outcome
  same<SendOutcome, ReturnType<typeof sendPlainly>>(true);
}

const sendPlainly = () => node.cast(KV, { type: 'delete', key: 'x' });
const sendAtOnce = () => node.cast(KV, { type: 'delete', key: 'x' }, { nosuspend: true });
