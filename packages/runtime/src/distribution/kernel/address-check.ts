import { BadArgumentError } from '../../terms/errors';
import type { SocketAddress } from '../socket/transport';

/**
 * Checks what the function `resolve` of a node's options has answered; `undefined` says that it knows no such node.
 * @throws BadArgumentError if it is no address that could be dialled
 */
export function checkResolved(answer: unknown): SocketAddress | undefined {
  if (answer === undefined) return undefined;
  const { host, port } = (answer ?? {}) as Partial<Record<'host' | 'port', unknown>>;
  if (typeof host === 'string' && host !== '' && isPort(port)) return { host, port };
  throw new BadArgumentError({
    call: 'resolve',
    expected: '{ host, port } with a port from 1 to 65535, or undefined',
    got: answer,
  });
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65_535;
}
