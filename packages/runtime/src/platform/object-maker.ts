/** Makes an object of the values of its properties, whose keys it knows. */
export type ObjectMaker = (values: readonly unknown[]) => Record<string, unknown>;

/**
 * What makes objects with these keys: an object literal of its own, which V8 makes several times faster than an object
 * to which properties are added by names that are not in the code.
 * @param keys of objects; not `__proto__`, which a literal takes for the prototype
 * @returns `null` where code may not be made of text (`--disallow-code-generation-from-strings`)
 */
export function objectMakerOf(keys: readonly string[]): ObjectMaker | null {
  const properties = keys.map((key, i) => `${JSON.stringify(key)}: values[${String(i)}]`);
  try {
    // Nothing in the keys is code: each is a literal.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    return new Function('values', `return { ${properties.join(', ')} };`) as ObjectMaker;
  } catch {
    return null;
  }
}
