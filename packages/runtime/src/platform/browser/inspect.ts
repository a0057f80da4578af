import inspectObject from 'object-inspect';

interface InspectOptions {
  readonly depth?: number | null;
  readonly maxStringLength?: number | null;
}

interface Customized {
  readonly [custom]?: (depth: number, options: object, inspectValue: typeof inspect) => unknown;
}

const custom: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;
const defaultDepth = 2;

/** Any value as a text for people: a value that says by `[inspect.custom]` how it is shown is asked. */
export function inspect(value: unknown, options: InspectOptions = {}): string {
  const depth = options.depth ?? defaultDepth;
  const customized = (value as Customized | null | undefined)?.[custom];
  if (typeof customized === 'function') {
    const stylize = (text: string): string => text;
    const shown = customized.call(value, depth, { ...options, stylize }, inspect);
    return typeof shown === 'string' ? shown : inspect(shown, options);
  }
  const { maxStringLength } = options;
  return inspectObject(value, {
    // Zero is no limit there.
    depth: depth + 1,
    customInspect: false,
    ...(typeof maxStringLength === 'number' ? { maxStringLength } : {}),
  });
}

inspect.custom = custom;
