import { inspect } from '#platform/inspect';

/** What is said of a value that is better described than printed; an error text does not quote it. */
export function prose(text: string): object {
  return { [inspect.custom]: () => text };
}

/** A value in one short line, for error texts. */
export function show(value: unknown): string {
  const text = inspect(value, { depth: 2, breakLength: Infinity, maxStringLength: 60, maxArrayLength: 5 });
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
