/** One measured figure, printed as a JSON line. */
export interface Figure {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly runs: readonly number[];
  /** What it is to reach, if anything. */
  readonly reach?: string;
}

/** How often a rate is measured. */
export const runs = Number(process.env.BENCH_RUNS ?? 5);

/**
 * Milliseconds of the clock that rates are measured by: real time, or with `BENCH_CLOCK=cpu` the time for which this OS
 * process had a core, which is steadier while others compute.
 */
function now(): number {
  if (process.env.BENCH_CLOCK !== 'cpu') return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The middle of the sorted values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/** Prints a figure. */
export function report(figure: Figure): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

/**
 * Collects garbage, before memory is measured. Not before time is: what runs after a forced collection takes more time for
 * many seconds (`getMany` of the cache a tenth, as compiled), as no program does that runs by itself. Beside a compiler it
 * took twice as much: with that in its heap V8 leaves a program more room, until the collection measures what is in use.
 */
export function collectGarbage(): void {
  global.gc?.();
}

/**
 * Measures how often per second `operation` happens: a warm-up, then the median of `BENCH_RUNS` runs (default 5).
 * @param count operations in one run
 * @param operation performs so many operations
 */
export async function rate(
  figure: string,
  count: number,
  operation: (count: number) => Promise<void>,
  options: { readonly reach?: string } = {},
): Promise<number> {
  await operation(Math.ceil(count / 4));
  await operation(Math.ceil(count / 2));
  const values: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = now();
    await operation(count);
    values.push(Math.round((count / (now() - start)) * 1_000));
  }
  const value = median(values);
  report({
    figure,
    value,
    unit: '1/s',
    runs: values,
    ...(options.reach === undefined ? {} : { reach: options.reach }),
  });
  return value;
}

/**
 * Measures how long `operation` takes: a warm-up, then the median of `BENCH_RUNS` runs.
 * @param unit in which the time is told
 * @param options.each how many of what is told one run performs (default 1)
 */
export async function time(
  figure: string,
  unit: 'ms' | 'µs',
  operation: () => Promise<void>,
  options: { readonly reach?: string; readonly each?: number } = {},
): Promise<void> {
  const { reach, each = 1 } = options;
  await operation();
  const values: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = now();
    await operation();
    values.push(((now() - start) * (unit === 'ms' ? 1 : 1_000)) / each);
  }
  report({ figure, value: median(values), unit, runs: values, ...(reach === undefined ? {} : { reach }) });
}

/** Runs `call` so often, by so many callers at once, each of which waits for its own reply. */
export async function callers(
  count: number,
  concurrency: number,
  call: () => Promise<unknown>,
): Promise<void> {
  const each = Math.ceil(count / concurrency);
  const caller = async (): Promise<void> => {
    for (let i = 0; i < each; i++) await call();
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
}
