// Calls by rpc, and who may make them: what compiles, and what must not.
import { RequestIds, startNode, type Node, type RpcRequest, type Self } from '@trestle/runtime';

async function calls(node: Node, self: Self): Promise<void> {
  const untyped: unknown = await node.rpc.call('b@h', 'Stats', 'uptime', [], { timeoutMs: 100 });
  const product: number = await node.rpc.call('b@h', (a: number, b: number) => a * b, [6, 7]);
  const later: string = await node.rpc.call('b@h', async () => Promise.resolve('x'), [], { timeoutMs: 1 });
  for (const outcome of await node.rpc.multicall(['b@h'], () => 1))
    if (outcome.status === 'fulfilled') outcome.value satisfies number;
  node.rpc.cast('b@h', (text: string) => text, ['x']);
  node.rpc.multicast(['b@h'], (text: string) => text, ['x']);
  self.monitorNodes(true, { nodeType: 'all', leaving: true });
  const request = node.rpc.sendRequest(self, 'b@h', (n: number) => n, [1]);
  request satisfies RpcRequest<number>;
  const received: number = await node.rpc.receiveResponse(self, request, { timeoutMs: 100 });
  const waited = await node.rpc.waitResponse(self, request);
  if (waited.status === 'response') waited.result satisfies number;
  const checked = node.rpc.checkResponse(await self.receive(), request);
  const requests = new RequestIds<number, string>();
  node.rpc.sendRequest(self, 'b@h', (n: number) => n, [1], { requests, label: 'one' });
  requests.add(request, 'two');
  const first = await node.rpc.receiveResponse(self, requests, { timeoutMs: 100, delete: false });
  if (first.status === 'reply') [first.reply, first.label] satisfies [number, string];
  if (first.status === 'error') first.error.code satisfies string;
  const looked = await node.rpc.waitResponse(self, requests);
  if (looked.status === 'reply') looked.reply satisfies number;
  const told = node.rpc.checkResponse(await self.receive(), requests);
  if (told.status === 'reply') told.label satisfies string;
  const mixed = new RequestIds<unknown, number>();
  node.rpc.sendRequest(self, 'b@h', 'Stats', 'uptime', [], { requests: mixed, label: 1 });
  self.send(self.pid, [untyped, product, later, received, checked]);

  // @ts-expect-error its arguments are missing
  await node.rpc.call('b@h', (n: number) => n);
  // @ts-expect-error an argument of another type
  await node.rpc.call('b@h', (n: number) => n, ['x']);
  // @ts-expect-error a module has functions by name
  await node.rpc.call('b@h', 'Stats', ['uptime']);
  // @ts-expect-error durations end in Ms
  await node.rpc.call('b@h', 'Stats', 'uptime', [], { timeout: 100 });
  // @ts-expect-error several nodes are an array
  await node.rpc.multicall('b@h', 'Stats', 'uptime');
  // @ts-expect-error one node is no array
  node.rpc.multicast('b@h', 'Stats', 'uptime');
  // @ts-expect-error a node is visible or hidden
  self.monitorNodes(true, { nodeType: 'secret' });
  // @ts-expect-error nobody waits for a cast
  node.rpc.cast('b@h', 'Stats', 'uptime', [], { timeoutMs: 100 });
  // @ts-expect-error a process or a node sends a request
  node.rpc.sendRequest('b@h', 'Stats', 'uptime');
  // @ts-expect-error a label of another type
  requests.add(request, 1);
  // @ts-expect-error a collection of results of another type
  node.rpc.sendRequest(self, 'b@h', (text: string) => text, ['x'], { requests, label: 'one' });
  // @ts-expect-error one result is no labelled one
  await node.rpc.receiveResponse(self, request, { delete: false });
  // @ts-expect-error an RpcRequest is none of its own making
  await node.rpc.receiveResponse(self, { id: 1 });
}

async function options(): Promise<void> {
  await startNode({ rpc: { allow: ['Stats.*', { functions: ['A.*', 'B.b'], from: 'ops@*' }] } });
  await startNode({ rpc: { allow: [] }, tls: { cert: 'cert.pem', key: 'key.pem', ca: 'ca.pem' } });
  // @ts-expect-error what is allowed is said, nothing is denied
  await startNode({ rpc: { deny: ['Stats.*'] } });
  // @ts-expect-error a list, though it is of one
  await startNode({ rpc: { allow: 'Stats.*' } });
  // @ts-expect-error a rule is about functions
  await startNode({ rpc: { allow: [{ from: 'ops@*' }] } });
  // @ts-expect-error names of nodes are texts
  await startNode({ rpc: { allow: [{ functions: '*', from: /ops/ }] } });
  // @ts-expect-error a certificate has a key
  await startNode({ tls: { cert: 'cert.pem' } });
  // @ts-expect-error no such option
  await startNode({ tls: { cert: 'cert.pem', key: 'key.pem', verify: false } });
  // @ts-expect-error options, not a switch
  await startNode({ tls: true });
  // @ts-expect-error a switch, true or false
  await startNode({ acceptFunctions: 'yes' });
}

export { calls, options };
