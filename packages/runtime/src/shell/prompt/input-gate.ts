import { Readable } from 'node:stream';

/** What a terminal has and a pipe has not. */
export interface InputSource extends NodeJS.ReadableStream {
  isTTY?: boolean;
  setRawMode?(mode: boolean): unknown;
}

/** Who decides when the next line may pass. */
export interface GateKeeper {
  /** Whether a command is being executed: what comes in waits. */
  isBusy(): boolean;
  /** Ctrl-C while a command is being executed. */
  interrupt(): void;
}

const ctrlC = 3;
const newline = 10;
const carriageReturn = 13;

/**
 * Lets input through line by line, and none while a command is being executed: a line that is pasted or piped behind
 * another must not overtake it. Ctrl-C is not held back.
 */
export class InputGate extends Readable {
  readonly isTTY: boolean;
  isRaw = false;
  private readonly waiting: Buffer[] = [];
  private sourceEnded = false;
  private passing = false;

  constructor(
    private readonly source: InputSource,
    terminal: boolean,
    private readonly keeper: GateKeeper,
  ) {
    super();
    this.isTTY = terminal;
    source.on('data', this.arrive);
    source.on('end', this.finish);
    this.on('resume', () => setImmediate(this.pass));
  }

  override _read(): void {
    // What comes in is pushed when it may pass.
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.source.off('data', this.arrive);
    this.source.off('end', this.finish);
    this.source.pause();
    done(error);
  }

  /** What a terminal's input is asked for by `readline`: keys instead of lines. */
  setRawMode(mode: boolean): this {
    if (this.isTTY) this.source.setRawMode?.(mode);
    this.isRaw = mode;
    return this;
  }

  /** Lets the next line through, if none is being executed. */
  readonly pass = (): void => {
    if (this.passing || this.destroyed || this.readableLength > 0 || this.keeper.isBusy()) return;
    const line = this.waiting.shift();
    if (line === undefined) {
      if (this.sourceEnded) this.push(null);
      return;
    }
    this.push(line);
    this.passing = true;
    // By then the reader has seen the line, and a command in it has begun.
    setImmediate(() => {
      this.passing = false;
      this.pass();
    });
  };

  private readonly arrive = (chunk: Buffer | string): void => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const interrupt = this.isTTY && this.keeper.isBusy() ? bytes.lastIndexOf(ctrlC) : -1;
    if (interrupt === -1) this.waiting.push(...splitLines(bytes));
    else {
      // As a terminal does: what was typed ahead is void.
      this.waiting.splice(0, Infinity, ...splitLines(bytes.subarray(interrupt + 1)));
      this.keeper.interrupt();
    }
    this.pass();
  };

  private readonly finish = (): void => {
    if (!this.isTTY) this.waiting.push(Buffer.from('\n'));
    this.sourceEnded = true;
    this.pass();
  };
}

/** Cuts behind every end of a line. */
function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let i = 0; i < bytes.length; i++) {
    const isEnd = bytes[i] === newline || (bytes[i] === carriageReturn && bytes[i + 1] !== newline);
    if (!isEnd) continue;
    lines.push(bytes.subarray(start, i + 1));
    start = i + 1;
  }
  if (start < bytes.length) lines.push(bytes.subarray(start));
  return lines;
}
