import type { NodeLog } from '../../node/logger';
import type { Clock, Random } from '../../terms/clock';

export interface PortMapperOptions {
  /** The host part of the node's name. */
  readonly host: string;
  /** The mapper's port (see `mapperPort`). */
  readonly port: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: NodeLog;
}

/** The part of the port mapper that lives in this node. */
export class PortMapper {
  /** Makes it; nothing is opened before `register`. */
  static start(options: PortMapperOptions): PortMapper {
    return new PortMapper(options);
  }

  private constructor(private readonly options: PortMapperOptions) {}

  /** Registers this node: `name` is the part before the `@`, `port` is where it listens. */
  register(_name: string, _port: number): Promise<void> {
    throw new Error('not written yet');
  }

  stop(): Promise<void> {
    throw new Error('not written yet');
  }
}
