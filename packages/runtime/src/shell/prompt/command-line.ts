import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { clearScreenDown, cursorTo } from 'node:readline';
import { Recoverable, start, type REPLEval, type REPLServer } from 'node:repl';
import { setTimeout } from 'node:timers/promises';
import { createColors } from 'picocolors';
import { CommandRunner } from './command-runner';
import { openQuote, type Completions } from './completion';
import { errorText, promptText } from './error-text';
import { isIncomplete } from './incomplete-code';
import { InputGate, type InputSource } from './input-gate';
import { PromptGuard } from './prompt-guard';

/** What a command line is made of. */
export interface CommandLineSetup {
  readonly input: InputSource;
  readonly output: NodeJS.WritableStream;
  /** Whether a person types: then there are a prompt, editing and colours. */
  readonly terminal: boolean;
  /** What the prompt says before its number. */
  readonly name: string;
  /** What a quoted text at the end of the line may become. */
  readonly completeQuoted: (quoted: string) => Completions;
  /** What there is to type, for `.words`. */
  readonly words: string;
  /** Called when the user gives up a command that is being executed. */
  readonly onInterrupt: () => void;
}

type Done = (error: Error | null, ...result: [result?: unknown]) => void;
type Complete = (line: string, done: (error: Error | null, completions?: Completions) => void) => void;

const endOfInput = { name: 'SyntaxError', message: 'Unexpected end of input' };

/** How long the last lines may take to reach the history file when the shell is left. */
const historyFlushMs = 100;

/** Reads commands, has them executed and prints what comes out. */
export class CommandLine {
  /** Resolves when the user leaves. */
  readonly left: Promise<void>;
  /** Whether the last command has thrown. */
  lastFailed = false;
  private readonly runner = new CommandRunner();
  private readonly gate: InputGate;
  private readonly guard: PromptGuard;
  private readonly server: REPLServer;
  private readonly colors: ReturnType<typeof createColors>;
  private count = 1;
  private unfinished = false;
  private closing = false;
  private keepsHistory = false;

  constructor(private readonly setup: CommandLineSetup) {
    const { runner } = this;
    this.gate = new InputGate(setup.input, setup.terminal, {
      isBusy: () => runner.isBusy,
      interrupt: () => {
        setup.onInterrupt();
        runner.interruptLast('interrupted');
      },
    });
    this.guard = new PromptGuard(setup.output, (write) => {
      this.aside(write);
    });
    this.server = this.startServer();
    this.colors = createColors(this.server.useColors);
    this.left = once(this.server, 'exit').then(() => this.finish());
  }

  /** Keeps what is typed in a file, from one shell to the next. */
  keepHistory(file: string): Promise<void> {
    this.keepsHistory = true;
    return new Promise((resolve) => {
      this.server.setupHistory(file, (error) => {
        if (error !== null) this.say(`history ${file}: ${error.message}`);
        resolve();
      });
    });
  }

  /** Prints a value as a result is printed. */
  print(value: unknown): void {
    this.say(this.server.writer(value));
  }

  /** Prints what nobody has asked for. */
  say(text: string): void {
    this.aside(() => this.guard.output.write(`${text}\n`));
  }

  /** Prints an error that no command has thrown. */
  complain(thrown: unknown): void {
    this.say(this.colors.red(errorText(thrown)));
  }

  /** Gives up the command that is being executed. @returns whether there was one */
  interrupt(why: string): boolean {
    const { isBusy } = this.runner;
    this.runner.interrupt(why);
    return isBusy;
  }

  close(): void {
    this.closing = true;
    this.runner.interrupt('the shell was closed');
    this.server.close();
  }

  private startServer(): REPLServer {
    const { output } = this.guard;
    const { terminal } = this.setup;
    const server = start({
      prompt: this.prompt(),
      input: this.gate,
      output,
      terminal,
      useGlobal: true,
      preview: terminal,
    });
    // A program that pipes commands in wants the results alone.
    if (!terminal) server.displayPrompt = () => undefined;
    server.defineCommand('words', {
      help: 'Print the words of the shell',
      action: () => {
        this.guard.output.write(`${this.setup.words}\n`);
        server.displayPrompt();
      },
    });
    server.on('SIGTSTP', () => {
      this.suspend();
    });
    const evaluateQuietly: REPLEval = server.eval;
    return Object.assign(server, {
      completer: this.completer(server.completer as Complete),
      eval: (...[code, context, file, done]: Parameters<REPLEval>) => {
        // What is typed ends with a new line. The rest is asked for the sake of completion.
        if (code.endsWith('\n')) this.evaluate(code, done as Done);
        else evaluateQuietly.call(server, code, context, file, done);
      },
    });
  }

  /** Performs a write of somebody else: what is being typed moves down. */
  private aside(write: () => void): void {
    const { server } = this;
    if (!this.setup.terminal || this.runner.isBusy || server.editorMode) {
      write();
      return;
    }
    cursorTo(this.guard.output, 0);
    clearScreenDown(this.guard.output);
    write();
    server.displayPrompt(true);
  }

  private prompt(): string {
    return this.setup.terminal ? `${this.setup.name} ${String(this.count)}> ` : '';
  }

  private evaluate(code: string, done: Done): void {
    if (code.trim() === '') {
      done(null);
      return;
    }
    this.unfinished = isIncomplete(code);
    if (this.unfinished) done(new Recoverable(new SyntaxError(endOfInput.message)));
    else void this.execute(code, done);
  }

  private async execute(code: string, done: Done): Promise<void> {
    try {
      const value = await this.run(code);
      this.lastFailed = false;
      this.countUp();
      done(null, value);
    } catch (error) {
      this.countUp();
      Object.assign(this.server, { lastError: error });
      if (this.closing) return;
      this.lastFailed = true;
      this.guard.output.write(`${this.colors.red(promptText(error))}\n`);
      // Without a result nothing is printed.
      done(null);
    }
    this.gate.pass();
  }

  /** In raw mode Ctrl-C is a key like others, and nobody reads keys while code runs. */
  private run(code: string): Promise<unknown> {
    const { isRaw } = this.gate;
    if (isRaw) this.gate.setRawMode(false);
    const result = this.runner.run(code, `shell-${String(this.count)}`);
    if (isRaw) this.gate.setRawMode(true);
    return result;
  }

  /**
   * Ctrl-Z: as from a terminal, the programs this one was started by are stopped as well. Another program sends the
   * signal, because Node.js takes one to itself for its end, and takes the inspector apart.
   */
  private suspend(): void {
    process.once('SIGCONT', () => {
      this.gate.setRawMode(true);
      this.server.displayPrompt(true);
    });
    this.gate.setRawMode(false);
    spawnSync('sh', ['-c', 'kill -s TSTP 0']);
  }

  private countUp(): void {
    this.count += 1;
    this.server.setPrompt(this.prompt());
  }

  /** Completes names inside quotes; elsewhere what the global scope has. */
  private completer(elsewhere: Complete): Complete {
    return (line, done) => {
      const quoted = openQuote(line);
      if (quoted === undefined) elsewhere.call(this.server, line, done);
      else done(null, this.setup.completeQuoted(quoted));
    };
  }

  private async finish(): Promise<void> {
    if (this.unfinished && !this.setup.terminal) {
      this.lastFailed = true;
      this.complain(endOfInput);
    }
    if (this.keepsHistory)
      await Promise.race([once(this.server, 'flushHistory'), setTimeout(historyFlushMs)]);
    this.gate.destroy();
    this.guard.release();
    this.runner.close();
  }
}
