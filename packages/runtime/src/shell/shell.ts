import { runInThisContext } from 'node:vm';
import type { Node } from '../node/node';
import { RunningNode } from '../node/running-node';
import { describeReason, type ExitReason } from '../terms/exit-reason';
import type { Pid } from '../terms/pid';
import { CommandLine } from './prompt/command-line';
import { nodeNameCompletions } from './prompt/completion';
import { openDebugger } from './debugger';
import { KnownNames } from './prompt/known-names';
import { loadPreload } from './preload-file';
import { bindGlobally, describeWords, shellBindings, type Bindings } from './shell-bindings';
import { shellSettings, type ShellOptions, type ShellSettings } from './shell-options';
import { ShellProcess } from './shell-process';

/**
 * Opens a shell on a node: JavaScript with the node's words in the global scope. The node goes on when it is left.
 * OTP: iex.
 * @returns resolves when the user leaves, or the node stops
 * @throws BadArgumentError if it is no node, or an option is wrong
 */
export async function startShell(node: Node, options: ShellOptions = {}): Promise<ShellEnd> {
  RunningNode.partsOf('startShell', node);
  const shell = new Shell(node, shellSettings(options));
  try {
    return await shell.open();
  } finally {
    shell.close();
  }
}

/** How a shell was left. */
export interface ShellEnd {
  /** Whether its last command has thrown, which is what a program that pipes commands in wants to know. */
  readonly lastFailed: boolean;
}

/** The parts of an open shell. */
class Shell {
  private readonly global = runInThisContext('globalThis') as object;
  /** What to undo when the shell is left: the last thing first. */
  private readonly undo: (() => void)[] = [];
  private line: CommandLine | null = null;

  constructor(
    private readonly node: Node,
    private readonly settings: ShellSettings,
  ) {}

  /** Resolves when the user leaves. */
  async open(): Promise<ShellEnd> {
    const { input, output, terminal, history, inspect } = this.settings;
    const { process, words } = await this.bind();
    const names = new KnownNames(this.node);
    if (terminal) void names.refresh();
    const line = (this.line = new CommandLine({
      input,
      output,
      terminal,
      name: this.node.name,
      words,
      completeQuoted: (quoted) => nodeNameCompletions(quoted, names.list()),
      onInterrupt: () => {
        process.giveUp();
      },
    }));
    this.survive(line);
    if (inspect) this.attach(line);
    if (terminal) line.say('.words prints what there is to type, .exit or Ctrl-D leaves');
    if (history !== undefined) await line.keepHistory(history);
    void this.node.stopped.then(() => {
      line.close();
    });
    await line.left;
    return line;
  }

  close(): void {
    while (this.undo.length > 0) this.undo.pop()?.();
  }

  /** Starts the shell's process and gives its words to the global scope; then come those of the preload file. */
  private async bind(): Promise<{ process: ShellProcess; words: string }> {
    const process = await ShellProcess.start(this.node, (pid, reason) => {
      this.replaced(pid, reason);
    });
    this.undo.push(() => {
      process.close();
    });
    const bindings = shellBindings(process, {
      print: (value) => this.line?.print(value),
      leave: () => this.line?.close(),
    });
    this.undo.push(bindGlobally(this.global, bindings));
    const preloaded = await this.preload(bindings);
    this.undo.push(bindGlobally(this.global, preloaded));
    return { process, words: describeWords(bindings, preloaded) };
  }

  /** What goes wrong in the file is printed, and no reason not to open. */
  private async preload(bindings: Bindings): Promise<Bindings> {
    const { preload, output } = this.settings;
    if (preload === undefined) return {};
    try {
      return await loadPreload(preload, bindings);
    } catch (error) {
      output.write(`${(error as Error).message}\n`);
      return {};
    }
  }

  private replaced(pid: Pid, reason: ExitReason): void {
    const text = `the shell's process ${pid} ended: ${describeReason(reason)}; a fresh one takes its place`;
    if (this.line?.interrupt(text) !== true) this.line?.say(text);
  }

  /** What goes wrong in the background is printed, and no reason to end. */
  private survive(line: CommandLine): void {
    const complain = (error: unknown): void => {
      line.complain(error);
    };
    process.on('uncaughtException', complain).on('unhandledRejection', complain);
    this.undo.push(() => process.off('uncaughtException', complain).off('unhandledRejection', complain));
  }

  private attach(line: CommandLine): void {
    const inspector = openDebugger((text) => {
      line.say(text);
    });
    this.undo.push(() => {
      inspector.close();
    });
    if (this.settings.terminal && inspector.hint !== undefined) line.say(inspector.hint);
  }
}
