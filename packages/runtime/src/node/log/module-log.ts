import { Log } from './log';
import type { LogOrigin } from './log-record';
import type { LogSink } from './log-sink';

/** The log of a part of the program that is no process. */
export class ModuleLog extends Log {
  constructor(
    sink: LogSink,
    private readonly module: string,
  ) {
    super(sink, sink.levels.of(module));
  }

  protected override origin(): LogOrigin {
    return { module: this.module };
  }
}
