import { inspect, type InspectOptionsStylized } from '#platform/inspect';

/**
 * What `inspect` shows of an object whose parts would fill a screen.
 * @param title its kind
 * @param facts what a reader looks for; the first of them is its name
 */
export function inspected(
  title: string,
  facts: Readonly<Record<string, unknown>>,
  depth: number,
  options: InspectOptionsStylized,
): string {
  if (depth < 0) return options.stylize(`[${title} ${String(Object.values(facts)[0])}]`, 'special');
  return `${title} ${inspect(facts, { ...options, depth })}`;
}
