/** Makes an object of the values of its properties, whose keys it knows. */
export type ObjectMaker = (values: readonly unknown[]) => Record<string, unknown>;

/** What makes objects with these keys: nothing does here, for many pages forbid code that is made of text. */
export function objectMakerOf(keys: readonly string[]): ObjectMaker | null {
  return null;
}
