// Ctrl-C, a request to end, or the loss of the terminal, as a promise; the second signal ends the program at once.
import type { Instances } from './instances';

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Resolves to the exit code when the program is asked to end. */
export function askedToStop(instances: Instances): Promise<number> {
  return new Promise((resolve) => {
    // A terminal that was closed fails every read and write.
    for (const stream of [process.stdin, process.stdout, process.stderr]) {
      stream.on('error', () => {
        resolve(exitCodes.SIGHUP);
      });
    }
    for (const [signal, code] of Object.entries(exitCodes)) {
      process.once(signal, () => {
        resolve(code);
        process.once(signal, () => {
          instances.kill();
          process.exit(code);
        });
      });
    }
  });
}
