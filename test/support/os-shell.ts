import type { OsProcess, Exit } from './os-process';

/** A shell that reads its lines from a pipe and prints the results alone. */
export class OsShell {
  private typed = 0;

  constructor(readonly process: OsProcess) {}

  /**
   * Types a line and waits for what it prints.
   * @returns the printed text, without the end of its last line
   */
  async type(line: string): Promise<string> {
    const from = this.process.stdout.length;
    const mark = `that was line ${String(++this.typed)}`;
    this.process.write(`${line}\n'${mark}'\n`);
    const [, answer = ''] = await this.process.prints(new RegExp(`^([^]*?)'${mark}'\n`), from);
    return answer.trimEnd();
  }

  /** Waits until its node lists exactly these nodes, in whatever order. */
  async sees(...nodes: string[]): Promise<void> {
    const wanted = JSON.stringify(nodes.toSorted());
    await this.type(`await new Promise((resolve) => {
      const look = () => {
        if (JSON.stringify(node.list().toSorted()) !== '${wanted}') return;
        node.events.off('nodeup', look).off('nodedown', look);
        resolve();
      };
      node.events.on('nodeup', look).on('nodedown', look);
      look();
    })`);
  }

  /** Waits until a pattern matches what the shell has printed, now or earlier. */
  prints(pattern: RegExp): Promise<RegExpExecArray> {
    return this.process.prints(pattern);
  }

  /** Waits until a pattern matches what the shell has logged, now or earlier. */
  logs(pattern: RegExp): Promise<RegExpExecArray> {
    return this.process.logs(pattern);
  }

  /** Ends its input, and with it the shell. */
  leave(): Promise<Exit> {
    this.process.endInput();
    return this.process.exited;
  }

  /** What a power cut does: a shell is a launcher and the process it launched. */
  kill(): Promise<Exit> {
    return this.process.signalGroup('SIGKILL');
  }
}
