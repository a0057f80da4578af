/**
 * A number that a script is given: a misspelt one is refused, where `NaN` would be a run that ends at once and has seen nothing.
 * @throws Error if it is no number of 0 or more
 */
export function numberArgument(name: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`--${name}: expected a number of 0 or more, got '${text}'`);
}
