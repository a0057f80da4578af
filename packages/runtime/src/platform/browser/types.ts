/** What an object calls itself. Unlike `instanceof`, that is the same in every frame of a page. */
function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function is(kind: string): (value: unknown) => boolean {
  return (value) => typeof value === 'object' && value !== null && kindOf(value) === kind;
}

function isTypedArray(value: unknown): boolean {
  return ArrayBuffer.isView(value) && kindOf(value) !== 'DataView';
}

const isArrayBuffer = is('ArrayBuffer');
const isSharedArrayBuffer = is('SharedArrayBuffer');

/** Tells what a value is: what the runtime asks of `types` of `node:util`. */
export const types = {
  isMap: is('Map'),
  isSet: is('Set'),
  isDate: is('Date'),
  isPromise: is('Promise'),
  isNativeError: is('Error'),
  isModuleNamespaceObject: is('Module'),
  isUint8Array: (value: unknown): boolean => isTypedArray(value) && kindOf(value) === 'Uint8Array',
  isTypedArray,
  isArrayBuffer,
  isAnyArrayBuffer: (value: unknown): boolean => isArrayBuffer(value) || isSharedArrayBuffer(value),
  /** A web page cannot tell. */
  isProxy: (): boolean => false,
};
