const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long Ctrl-C is one Ctrl-C: a terminal and the programs in between may each pass it on. */
const sameMs = 300;
/** What a shell says of a program that Ctrl-C ended. */
const interruptedCode = 130;

/**
 * Calls `stop` when the program is asked to end: by a signal, because its terminal was closed (then every read and
 * write fails), or because the launcher it belongs to is gone. Asked
 * again while it stops, it ends at once.
 * @returns stops listening
 */
export function onStopSignal(stop: () => void): () => void {
  const launched = process.env['TRESTLE_LAUNCHED'] === '1' && process.connected;
  delete process.env['TRESTLE_LAUNCHED'];
  let askedAt: number | undefined;
  const ask = (signal?: NodeJS.Signals): void => {
    // The launcher may be about to pass on the same signal.
    if (launched && signal !== undefined && process.connected) process.send?.(signal);
    const now = performance.now();
    askedAt ??= now;
    if (askedAt === now) stop();
    else if (now - askedAt > sameMs) process.exit(interruptedCode);
  };
  const launcherGone = (): void => {
    ask();
  };
  const terminalGone = (): void => {
    if (askedAt === undefined) ask();
  };
  const streams = [process.stdin, process.stdout, process.stderr];
  for (const stream of streams) stream.on('error', terminalGone);
  for (const signal of signals) process.on(signal, ask);
  if (launched) process.on('disconnect', launcherGone);
  // The channel to the launcher is no reason to go on.
  process.channel?.unref();
  return () => {
    for (const stream of streams) stream.off('error', terminalGone);
    for (const signal of signals) process.off(signal, ask);
    process.off('disconnect', launcherGone);
  };
}
