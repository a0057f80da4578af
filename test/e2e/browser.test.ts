/** The example in `examples/browser`: a page in a browser and a server, each a node of the same cluster. */
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../support/free-port';
import { startBrowser } from '../support/os-browser';
import { OsCluster } from '../support/os-cluster';
import type { OsProcess } from '../support/os-process';

let cluster: OsCluster;
let browser: Browser;
let ports: { readonly PORT: string; readonly NODE_PORT: string };
let server: OsProcess;

async function startServer(): Promise<OsProcess> {
  const process = cluster.program('examples/browser/server.ts', [], { env: { ...cluster.env, ...ports } });
  await process.prints(/^open http/m);
  return process;
}

beforeAll(async () => {
  cluster = await OsCluster.start();
  ports = { PORT: String(await freePort()), NODE_PORT: String(await freePort()) };
  [server, browser] = await Promise.all([startServer(), startBrowser()]);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await cluster.end();
});

/** Opens a page, and waits until it shows what the server has told it. */
async function open(problems: string[] = []): Promise<Page> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => problems.push(message.text()));
  await page.goto(`http://127.0.0.1:${ports.PORT}/`);
  await shows(page, /visitor \d+ of the server$/);
  return page;
}

/** Waits until the last line of a page is this. */
async function shows(page: Page, line: RegExp): Promise<void> {
  await page.locator('#screen li').last().filter({ hasText: line }).waitFor();
}

/** The name of the page that the server has seen last. */
function lastPage(): string {
  return Array.from(server.stdout.matchAll(/^(page-\w+@browser) shows/gm), ([, name]) => name!).at(-1)!;
}

describe('a page in a browser', () => {
  it('is a node: it calls a server of another node, which calls a server of the page', async () => {
    const problems: string[] = [];
    const page = await open(problems);
    const lines = await page.locator('#screen li').allTextContents();
    expect(lines).toEqual(['hello from server@127.0.0.1', 'visitor 1 of the server']);
    expect(problems).toStrictEqual([]);
    await page.close();
  });

  it('is hidden: not in list(), but in list("hidden")', async () => {
    const page = await open();
    const name = lastPage();
    expect(server.stdout).toMatch(
      new RegExp(`^${name} shows 1 line, visible: \\[\\], hidden: \\[.*${name}\\]$`, 'm'),
    );
    await page.close();
  });

  it('is lost when it is closed: who monitors its processes gets DOWN with noconnection', async () => {
    const page = await open();
    const name = lastPage();
    await page.close();
    await server.prints(new RegExp(`^the screen <${name}/.*> is gone: noconnection$`, 'm'));
  });

  it('is told that a node was lost, and finds it again once it is back', async () => {
    const page = await open();
    await server.signalGroup('SIGKILL');
    await shows(page, /the server is gone: noconnection$/);
    server = await startServer();
    await shows(page, /visitor 1 of the server$/);
    await page.close();
  });
});
