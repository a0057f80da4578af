/** Links and monitors between a page in a browser and a node of Node.js, and the end of the page. */
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import type { Node, Pid } from '@trestle/runtime';
import { freePort } from '../support/free-port';
import { startBrowser } from '../support/os-browser';
import { puppet, startCluster, type Puppet } from '../support/both-places';
import { settle, watch } from '../support/test-node';

const cookie = 'both places';
const name = 'page@browser';

let browser: Browser;
let script: string;
let node: Node;
let page: Page;

beforeAll(async () => {
  const bundled = build({
    entryPoints: [join(__dirname, '../../packages/runtime/src/browser.ts')],
    ...{ bundle: true, write: false, format: 'iife', globalName: 'trestle' },
    ...{ platform: 'browser', conditions: ['source'] },
  });
  const [{ outputFiles }, started] = await Promise.all([bundled, startBrowser()]);
  script = outputFiles[0]!.text;
  browser = started;
}, 60_000);

afterAll(() => browser?.close());

beforeEach(async () => {
  const port = await freePort();
  const start = await startCluster();
  node = await start('server', { port });
  page = await browser.newPage();
  await page.addScriptTag({ content: script });
  const options = { name, cookie, connect: { [node.name]: `ws://127.0.0.1:${String(port)}` } };
  await page.evaluate(`(async () => {
    globalThis.node = await trestle.startBrowserNode(${JSON.stringify(options)});
  })()`);
});

afterEach(() => page.close());

/** Starts a process in the page that traps exits, and does this to a process of the node; its pid, once that is done. */
function relate(verb: 'link' | 'monitor', pid: Pid): Promise<Pid> {
  return page.evaluate(`new Promise((resolve) => {
    globalThis.heard = new Promise((hear) => {
      node.spawn(async (self) => {
        self.trapExit(true);
        self.${verb}('${pid}');
        resolve(self.pid);
        const { type, reason } = await self.receive(['EXIT', 'DOWN']);
        hear([type, reason]);
        await self.receive('never');
      });
    });
  })`);
}

/** What the process in the page has heard. */
function heard(): Promise<unknown> {
  return page.evaluate('heard');
}

/** Waits until everything that the page has sent so far has arrived. */
async function arrived(): Promise<void> {
  await node.rpc.call(name, 'Node', 'alive');
  await settle();
}

describe('a process in a page', () => {
  let other: Puppet;
  beforeEach(async () => (other = await puppet(node, true)));

  it.each([
    ['link', 'EXIT'],
    ['monitor', 'DOWN'],
  ] as const)('hears by a %s of the end of a process of the node', async (verb, type) => {
    await relate(verb, other.pid);
    await arrived();
    node.exitSignal(other.pid, 'kill');
    expect(await heard()).toEqual([type, 'killed']);
  });

  it('hears that the node it is connected to has stopped: DOWN noconnection, and then nodedown, for it is hidden', async () => {
    await page.evaluate(`new Promise((resolve) => {
      globalThis.heard = new Promise((hear) => {
        node.spawn(async (self) => {
          self.monitorNodes(true, { nodeType: 'hidden' });
          self.monitor('${other.pid}');
          resolve();
          hear([await self.receive(), await self.receive()].map(({ type, reason, node, nodeType }) => [type, nodeType ?? reason, node]));
          await self.receive('never');
        });
      });
    })`);
    await arrived();
    await node.stop();
    expect(await heard()).toStrictEqual([
      ['DOWN', 'noconnection', undefined],
      ['nodedown', 'hidden', node.name],
    ]);
    expect(await page.evaluate("node.list('connected')")).toStrictEqual([]);
  });

  it('is heard of when its page is closed: its links and monitors get noconnection, and no nodedown: it is hidden', async () => {
    other.self.monitorNodes(true);
    const linked = await relate('link', other.pid);
    await arrived();
    const ref = other.self.monitor(linked);
    await arrived();
    const { reason } = await watch(node, linked);
    await page.close();
    expect(await reason).toBe('noconnection');
    await settle();
    expect(other.inbox).toHaveLength(2);
    expect(other.inbox).toEqual(
      expect.arrayContaining([
        { type: 'EXIT', from: linked, reason: 'noconnection' },
        { type: 'DOWN', ref, pid: linked, reason: 'noconnection' },
      ]),
    );
    expect(node.list('hidden')).toStrictEqual([]);
  });
});
