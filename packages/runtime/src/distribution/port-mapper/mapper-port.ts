import { BadArgumentError } from '../../terms/errors';

/** Where the port mapper of a host listens, unless told otherwise. */
const defaultMapperPort = 4370;

/**
 * The port of the port mapper: `TRESTLE_MAPPER_PORT`, else 4370.
 * @throws BadArgumentError if the variable holds no port
 */
export function mapperPort(env: Readonly<Record<string, string | undefined>>): number {
  const text = env['TRESTLE_MAPPER_PORT'];
  if (text === undefined || text === '') return defaultMapperPort;
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new BadArgumentError({ call: 'TRESTLE_MAPPER_PORT', expected: 'a port from 1 to 65535', got: text });
}
