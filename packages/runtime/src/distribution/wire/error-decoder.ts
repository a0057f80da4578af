import { BadFrameError } from './bad-frame';

/** The only errors that arrive as what they were; all others are an `Error` with their name. */
const errorClasses: Readonly<Record<string, ErrorConstructor>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/**
 * An error out of its fields, as `wireTag.error` says what they are.
 * @throws BadFrameError if they are not
 */
export function errorOf(fields: readonly unknown[]): Error {
  const [name, message, stack, code, cause] = fields;
  if (typeof name !== 'string' || typeof message !== 'string')
    throw new BadFrameError('an error without a message');
  const known = Object.hasOwn(errorClasses, name) ? errorClasses[name] : undefined;
  const error = new (known ?? Error)(message, fields.length > 4 ? { cause } : {});
  if (error.name !== name) hide(error, 'name', name);
  hide(error, 'stack', typeof stack === 'string' ? stack : `${name}: ${message}`);
  if (typeof code === 'string' || typeof code === 'number') Object.assign(error, { code });
  return error;
}

/** Sets a property that is not listed among the error's own when it is printed, as `name` and `stack` are not. */
function hide(error: Error, property: 'name' | 'stack', value: string): void {
  Object.defineProperty(error, property, { value, writable: true, configurable: true, enumerable: false });
}
