import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { readable, writeBenchmarksPage } from './benchmarks-page';
import type { Figure } from './harness';
import { build } from './published';

/** The measurements, each in an OS process of its own so that none inherits another's heap. */
const files = [
  'local-call',
  'local-cast',
  'registry-lookup',
  'ping-pong',
  'spawn',
  'spawn-monitor',
  'ring',
  'skynet',
  'timers',
  'full-mailbox',
  'supervisor-restarts',
  'dynamic-children',
  'idle-memory',
  'loop-delay',
  'remote-call',
  'remote-cast',
  'remote-large',
  'node-down',
  'cache-memory',
  'cache',
  'cache-rehydration',
  'full-mesh',
  'connection-memory',
  'simulation',
  'peers',
];

/** Runs a measurement of the compiled ones; its JSON lines go through as they are. */
function figuresOf(programs: string, file: string): Figure[] {
  const args = ['--expose-gc', join(programs, `${file}.js`)];
  const child = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  process.stdout.write(child.stdout);
  if (child.status !== 0) throw new Error(`${file} failed with ${String(child.status ?? child.signal)}`);
  return child.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Figure);
}

/** `npm run bench [-- [--docs] [measurement …]]`: measures, prints a table, and with `--docs` writes the page. */
function main(): void {
  const { values, positionals } = parseArgs({
    options: { docs: { type: 'boolean' } },
    allowPositionals: true,
  });
  const table = new Table({
    head: ['figure', 'median', 'unit', 'min', 'max', 'reach'],
    colAligns: ['left', 'right'],
  });
  const unknown = positionals.filter((name) => !files.includes(name));
  if (unknown.length > 0)
    throw new Error(`bench: expected some of ${files.join(', ')}, got ${unknown.join(', ')}`);
  const programs = build();
  const measurements = positionals.length > 0 ? positionals : files;
  const figures = measurements.flatMap((file) => figuresOf(programs, file));
  for (const { figure, value, unit, runs, reach } of figures) {
    table.push([
      figure,
      readable(value),
      unit,
      readable(Math.min(...runs)),
      readable(Math.max(...runs)),
      reach ?? '',
    ]);
  }
  process.stdout.write(`${table.toString()}\n`);
  if (values.docs === true) writeBenchmarksPage(figures);
}

main();
