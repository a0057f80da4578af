// Two applications with settings of their own. The shop depends on the bank: that starts before it and stops behind it.
import {
  Application,
  childSpec,
  defineApplication,
  GenServer,
  localName,
  reply,
  startApplication,
  startNode,
  startSupervisor,
  type Call,
  type CallResult,
  type Self,
} from '@trestle/runtime';
import { z } from 'zod';

type BankCall = Call<{ type: 'pay'; cents: number }, string>;

class Bank extends GenServer<BankCall, never, { limit: number }> {
  private limit = 0;
  override init({ limit }: { limit: number }): void {
    this.limit = limit;
  }
  override handleCall(request: BankCall): CallResult {
    return reply(request, request.cents <= this.limit ? 'paid' : `refused: over ${String(this.limit)}`);
  }
}
const BANK = localName<Bank>('bank');

class Shop extends GenServer<Call<{ type: 'buy' }, string>, never, { price: number }> {
  private price = 0;
  override init({ price }: { price: number }): void {
    this.price = price;
  }
  override async handleCall(request: Call<{ type: 'buy' }, string>): Promise<CallResult> {
    return reply(request, await this.self.call(BANK, { type: 'pay', cents: this.price }));
  }
}

const tree = (self: Self, child: ReturnType<typeof childSpec>) =>
  startSupervisor(self, { strategy: 'oneForOne', children: [child] });

const bank = defineApplication({
  name: 'bank',
  env: z.object({ limit: z.number().int().positive().default(100) }),
  variables: { limit: 'BANK_LIMIT' },
  start: (self, env) => tree(self, childSpec(Bank, { name: BANK, args: env })),
  stop: () => console.log('the bank is closed'),
});

const shop = defineApplication({
  name: 'shop',
  dependencies: [bank],
  env: z.object({ price: z.number().int() }),
  start: (self, env) => tree(self, childSpec(Shop, { name: 'shop', args: env })),
  startPhases: [{ phase: 'open', run: (_, env) => console.log(`open, for ${String(env.price)} cents`) }],
  stop: () => console.log('the shop is closed'),
});

async function main(): Promise<void> {
  const node = await startNode({ applicationConfig: { bank: { limit: 50 } } }); // or from a file: readConfig
  await startApplication(node, shop, { env: { price: 80 } });
  console.log(Application.whichApplications(node).map(({ name }) => name));
  console.log(await node.call(localName<Shop>('shop'), { type: 'buy' }));
  console.log(Application.getEnv(node, bank, 'limit'));
  await startApplication(node, { ...shop, name: 'market' }).catch((error: unknown) =>
    console.log(String(error)),
  );
  await node.stop();
}
void main();
// prints:
// open, for 80 cents
// [ 'bank', 'shop' ]
// refused: over 50
// 50
// BadArgumentError: application 'market': expected env.price to be of type number, got undefined
// the shop is closed
// the bank is closed
