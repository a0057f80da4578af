import { BadArgumentError } from '../../terms/errors';
import type { LocalProcess } from '../../process/local-process';
import { Log } from './log';
import type { LogFields, LogOrigin } from './log-record';
import type { LogSink } from './log-sink';

/** The log of a process: what it logs has its pid, name, label and class with it. */
export class ProcessLog extends Log {
  private ownModule: string | undefined;
  private said: LogFields | undefined;

  /** @internal */
  constructor(
    sink: LogSink,
    private readonly process: LocalProcess,
  ) {
    const module = classOf(process);
    super(sink, sink.levels.of(module));
    this.ownModule = module;
  }

  /** The class of the process, if it has one. */
  get module(): string | undefined {
    return this.ownModule;
  }

  /** @internal The process runs another class from now on: the levels of that count. */
  renew(): void {
    this.ownModule = classOf(this.process);
    this.threshold = this.sink.levels.of(this.ownModule);
  }

  /** What `setMetadata` has said. OTP: `logger:get_process_metadata/0`. */
  get metadata(): LogFields {
    return this.said ?? {};
  }

  /**
   * Says what goes with everything the process logs from now on, its crash included, in place of what was said before.
   * OTP: `logger:set_process_metadata/1`.
   * @throws BadArgumentError if it is no object
   */
  setMetadata(metadata: LogFields): void {
    this.said = checked('setMetadata', metadata);
  }

  /**
   * Adds to what was said before; a field that is `undefined` is taken away. OTP:
   * `logger:update_process_metadata/1`.
   * @throws BadArgumentError if it is no object
   */
  updateMetadata(metadata: LogFields): void {
    const all = { ...this.said, ...checked('updateMetadata', metadata) };
    this.said = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  protected override passes(rank: number): boolean {
    const { processes } = this.sink.levels;
    // Hardly ever has a process a level of its own.
    if (processes.size === 0) return rank >= this.threshold.least;
    return rank >= (processes.get(this.process.pid) ?? this.threshold.least);
  }

  protected override origin(): LogOrigin {
    const { pid, name, label } = this.process;
    const { module, said } = this;
    return {
      pid,
      ...(name === null ? {} : { registeredName: name }),
      ...(label === null ? {} : { label }),
      ...(module === undefined ? {} : { module }),
      ...(said === undefined ? {} : { metadata: said }),
    };
  }
}

/** The class of a process; none has one whose body is a function. */
export function classOf({ module }: Pick<LocalProcess, 'module'>): string | undefined {
  return module === 'Process' || module === '' ? undefined : module;
}

function checked(call: string, metadata: unknown): LogFields {
  if (typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata))
    return { ...(metadata as LogFields) };
  throw new BadArgumentError({ call, expected: 'an object of fields', got: metadata });
}
