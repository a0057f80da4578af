/** The character code of `$`, with which the types of the runtime's own requests begin. */
const dollar = 36;

/** Tells whether a type is one of the runtime's own. */
export function isSystemType(type: unknown): type is string {
  return typeof type === 'string' && type.charCodeAt(0) === dollar;
}

/** Tells whether a request is asked of a server itself, as by `sys` or `stopServer`, not of what it serves. */
export function isAskedOfServer(request: unknown): boolean {
  return (
    typeof request === 'object' && request !== null && isSystemType((request as { type?: unknown }).type)
  );
}
