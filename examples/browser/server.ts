// A node that serves a page, and a page that is a node: `npm run example examples/browser/server.ts`.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { GenServer, localName, nodeOfPid, reply, startNode } from '@trestle/runtime';
import type { Call, CallResult, Down, ServerPid } from '@trestle/runtime';
import type { Screen } from './screen';

type Join = Call<{ type: 'join'; screen: ServerPid<Screen> }, number>;

/** Knows the screens of the pages that are open. */
export class Hall extends GenServer<Join> {
  private visitors = 0;

  override async handleCall(request: Join): Promise<CallResult> {
    const { screen } = request;
    this.self.monitor(screen);
    this.visitors += 1;
    const lines = await this.self.call(screen, { type: 'show', text: `hello from ${this.self.node.name}` });
    const { node } = this.self;
    const [visible, hidden] = [node.list(), node.list('hidden')].map((names) => names.join(' '));
    console.log(`${nodeOfPid(screen)} shows ${lines} line, visible: [${visible}], hidden: [${hidden}]`);
    return reply(request, this.visitors);
  }

  override handleInfo({ pid, reason }: Down): void {
    console.log('the screen', pid, 'is gone:', reason);
  }
}

/** The program of the page with all it needs, as one file. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'page.ts')],
    bundle: true,
    write: false,
    platform: 'browser',
    // The packages of this repository run from their sources; those of a program are built.
    conditions: ['source'],
  });
  return outputFiles[0]!.text;
}

async function main(): Promise<void> {
  const port = Number(process.env['NODE_PORT'] ?? 4100);
  const cookie = process.env['TRESTLE_COOKIE'] ?? 'browser-example-cookie';
  const node = await startNode({ name: 'server@127.0.0.1', port, cookie });
  await node.start(Hall, { name: localName<Hall>('hall') });

  const html = await readFile(join(__dirname, 'index.html'), 'utf8');
  const page = html.replace('{{url}}', `ws://127.0.0.1:${port}/`).replace('{{cookie}}', cookie);
  const script = await bundle();
  const http = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : page);
  });
  http.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
    console.log(`open http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
  });
}

void main();
