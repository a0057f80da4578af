/** An error with a field that raises an error when it is read, as lazy fields of some libraries do. */
function withGetter(field: 'message' | 'stack'): Error {
  return Object.defineProperty(new Error('hostile'), field, {
    get(): never {
      throw new Error(`${field} cannot be read`);
    },
  });
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** What raises an error whoever looks at it, and can be thrown all the same. */
export const hostileErrors: readonly (readonly [what: string, make: () => object])[] = [
  ['an error without a readable message', () => withGetter('message')],
  ['an error without a readable stack', () => withGetter('stack')],
  ['a revoked proxy', revoked],
];
