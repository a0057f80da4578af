import type { Clock } from '../../terms/clock';
import { MapperConnection } from './mapper-connection';
import { PortMapperError } from './mapper-error';
import { mapperLimits, type MapperAnswer, type MapperRequest } from './mapper-protocol';

export interface LookupOptions {
  readonly host: string;
  /** The mapper's port. */
  readonly port: number;
  /** The part of the node's name before the `@`. */
  readonly name: string;
  readonly clock: Clock;
  /** Gives up: the answer is then `undefined`. */
  readonly signal?: AbortSignal | undefined;
}

/** Between two questions while another node takes the mapper over. */
const pauseMs = 15;

/** It is asked so often at least: on a machine that is busy the time goes by before anybody has had its turn. */
const minQuestions = 12;

/**
 * Asks a host's port mapper where a node listens; `undefined` if it knows no such node, or there is no mapper. While
 * another node takes the mapper over, it asks again.
 * @throws PortMapperError if the host cannot be reached, or what listens there is no port mapper
 */
export async function lookup(options: LookupOptions): Promise<{ port: number } | undefined> {
  const { name, clock } = options;
  const deadline = clock.now() + mapperLimits.takeOverMs;
  for (let question = 1; ; question += 1) {
    const answer = await askOnce(options, { type: 'lookup', name });
    if (answer?.type === 'found') return { port: answer.port };
    if (answer !== undefined && answer.type !== 'unknown') throw unexpected(answer);
    const mayCome = (answer === undefined || answer.settling) && options.signal?.aborted !== true;
    if (!mayCome || (question >= minQuestions && clock.now() >= deadline)) return undefined;
    await new Promise<void>((resolve) => void clock.setTimer(resolve, pauseMs));
  }
}

/**
 * Every node a host's port mapper knows; none if there is no mapper. OTP: `erl_epmd:names/1`.
 * @throws PortMapperError if the host cannot be reached, or what listens there is no port mapper
 */
export async function names(options: Omit<LookupOptions, 'name'>): Promise<{ name: string; port: number }[]> {
  const answer = await askOnce(options, { type: 'names' });
  if (answer === undefined) return [];
  if (answer.type !== 'names') throw unexpected(answer);
  return answer.names;
}

async function askOnce(
  { host, port, clock, signal }: Omit<LookupOptions, 'name'>,
  request: MapperRequest,
): Promise<MapperAnswer | undefined> {
  const result = await MapperConnection.ask({ host, port, clock, signal }, request);
  result?.connection.close();
  return result?.answer;
}

function unexpected(answer: MapperAnswer): PortMapperError {
  return new PortMapperError(`the port mapper answered '${answer.type}' to another question`);
}
