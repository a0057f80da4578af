// Ctrl-C, or a request to end, as a promise; the second time it ends the program at once.
import type { Instances } from './instances';

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Resolves to the exit code when the program is asked to end. */
export function askedToStop(instances: Instances): Promise<number> {
  return new Promise((resolve) => {
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
