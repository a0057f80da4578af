import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpus } from 'node:os';
import type { Figure } from './harness';
import { withMeasuredPeers } from './yardsticks';

/** A number as people read it: `5.4 M`, `890 k`, `0.62`. */
export function readable(value: number): string {
  if (value >= 1_000_000) return `${(value / 1_000_000).toPrecision(3)} M`;
  if (value >= 10_000) return `${(value / 1_000).toPrecision(3)} k`;
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 });
}

function rowOf(
  { figure, value, unit, reach }: Figure,
  yardsticks: ReturnType<typeof withMeasuredPeers>,
): string[] {
  const { otp, peer } = yardsticks[figure] ?? {};
  return [
    figure,
    `${readable(value)}${unit === '1/s' ? '' : ` ${unit}`}`,
    reach ?? '',
    otp === undefined ? '' : readable(otp),
    peer === undefined ? '' : `${readable(peer.value)} (${peer.name})`,
  ];
}

/** The table of all figures in Markdown; those of peers stand in the rows they belong to. */
function tableOf(figures: readonly Figure[]): string {
  const yardsticks = withMeasuredPeers(figures);
  const own = figures.filter(({ figure }) => !figure.includes(': ask, '));
  const head = ['figure', 'Trestle', 'to reach', 'OTP', 'best JavaScript peer'];
  const rows = [head, head.map(() => '---'), ...own.map((figure) => rowOf(figure, yardsticks))];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Writes `docs/benchmarks.md`. */
export function writeBenchmarksPage(figures: readonly Figure[]): void {
  const today = new Date().toISOString().slice(0, 10);
  const machine = `${String(cpus().length)} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  const page = `# Benchmarks

Made by \`npm run bench -- --docs\` on ${today} (${machine}).
What is measured are the packages as they are published, by programs that are plain JavaScript: no compiler is in
their heap. Rates are per second, each the median of several runs, and every measurement has an OS process of its own.
The machine is shared: a figure may vary by a fifth from one hour to the next. What others reach was measured on a machine of the same kind on 2026-11-20: Erlang/OTP 25 with Elixir 1.14 (the
better of one and two schedulers), and the best of nact, comedy, xstate, effect, tarant and moleculer, between OS
processes of socket.io, rpc-websockets, NATS and comedy. The peers that are installed are measured in the same run
(\`npm install --no-save nact comedy effect moleculer\`), and then take the place of the older figure.

${tableOf(figures)}
`;
  const path = join(__dirname, '..', 'docs', 'benchmarks.md');
  writeFileSync(path, page);
  execFileSync(process.execPath, [require.resolve('prettier/bin/prettier.cjs'), '--write', path]);
}
