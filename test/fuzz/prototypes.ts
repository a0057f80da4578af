const shared = [Object.prototype, Array.prototype, Function.prototype, Map.prototype, Error.prototype];
const countOf = (object: object): number => Reflect.ownKeys(object).length;
const expected = shared.map(countOf);

/** @throws Error if what came has given all objects a property, or taken one from them */
export function checkPrototypes(came: Uint8Array | string): void {
  if (shared.every((object, index) => countOf(object) === expected[index])) return;
  throw new Error(`it changed what all objects share: ${Buffer.from(came).toString('hex')}`);
}
