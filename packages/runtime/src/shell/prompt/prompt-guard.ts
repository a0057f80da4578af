/**
 * Keeps the line that a person types together: what the rest of the program writes meanwhile (log lines, a
 * `console.log` of a server) is handed to `aside`, which makes room for it above the prompt.
 */
export class PromptGuard {
  /** Where the shell itself writes: past the guard. */
  readonly output: NodeJS.WritableStream;
  private readonly guarded: readonly NodeJS.WriteStream[];

  /**
   * @param output where the shell writes: guarded if it is the terminal of the program
   * @param aside performs a write above the prompt
   */
  constructor(output: NodeJS.WritableStream, aside: (write: () => void) => void) {
    this.guarded = output === process.stdout && process.stdout.isTTY ? [process.stdout, process.stderr] : [];
    this.output = this.guarded.length > 0 ? unguarded(process.stdout) : output;
    for (const stream of this.guarded) guard(stream, aside);
  }

  release(): void {
    for (const stream of this.guarded) Reflect.deleteProperty(stream, 'write');
  }
}

/** The same stream, with a `write` of its own that stays what it is now. */
function unguarded(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const write: unknown = stream.write.bind(stream);
  return Object.create(stream, { write: { value: write } }) as NodeJS.WriteStream;
}

function guard(stream: NodeJS.WriteStream, aside: (write: () => void) => void): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  const guarded = (...args: unknown[]): boolean => {
    let goesOn = true;
    aside(() => {
      goesOn = write(...args);
    });
    return goesOn;
  };
  Object.defineProperty(stream, 'write', { value: guarded, configurable: true, writable: true });
}
