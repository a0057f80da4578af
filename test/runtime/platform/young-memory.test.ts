/** Large memory that is soon dropped. V8 is told nothing about it in this OS process: the tests look at another one. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { root } from '../../support/os-cluster';

const { outputFiles } = buildSync({
  entryPoints: [join(root, 'packages/runtime/src/platform/young-memory.ts')],
  ...{ bundle: true, write: false, platform: 'node', format: 'cjs', logLevel: 'error' },
});
const compiled = outputFiles[0]!.text;

/** What a program answers that has `handedOut`, and can drop so many pieces of a mebibyte, one in each turn. */
function answerOf(program: string): unknown {
  const text = `
    const { handedOut } = (() => { const module = { exports: {} }; ${compiled}; return module.exports; })();
    const mebibyte = 1024 * 1024;
    async function drop(pieces, tell) {
      for (let i = 0; i < pieces; i++) {
        tell(mebibyte);
        Buffer.allocUnsafeSlow(mebibyte);
        await new Promise(setImmediate);
      }
    }
    async function main() { ${program} }
    void main().then((answer) => console.log(JSON.stringify(answer)));`;
  return JSON.parse(execFileSync(process.execPath, ['-e', text], { encoding: 'utf8', timeout: 60_000 }));
}

it('has V8 scavenge so often that little has been dropped each time', () => {
  const [untold, told] = answerOf(`
    const { constants, PerformanceObserver } = require('node:perf_hooks');
    let scavenges = 0;
    const observer = new PerformanceObserver((list) => {
      scavenges += list.getEntries().filter(({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MINOR).length;
    });
    observer.observe({ entryTypes: ['gc'] });
    await drop(1_000, () => undefined);
    const untold = scavenges;
    await drop(1_000, handedOut);
    return [untold, scavenges - untold];`) as [number, number];
  expect(untold).toBeGreaterThan(20);
  expect(told).toBeGreaterThan(3 * untold);
});

it('leaves nothing behind once nothing is handed out any more, and keeps no program running', () => {
  const [before, during, after] = answerOf(`
    const held = () => Math.round(process.memoryUsage().arrayBuffers / mebibyte);
    const before = held();
    for (let i = 0; i < 100; i++) handedOut(mebibyte);
    const during = held();
    // Nothing else keeps this program running: it waits for no more than the weight.
    const turn = setInterval(() => undefined, 1);
    while (held() > before) await new Promise(setImmediate);
    clearInterval(turn);
    return [before, during, held()];`) as [number, number, number];
  expect(during - before).toBe(24);
  expect(after).toBe(before);
});
