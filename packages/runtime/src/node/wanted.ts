import type { Wanted } from '../process/receiver';

/** The test of a `receive`: by type or types, and guard; `null` takes every message. */
export function wantedOf(
  type: string | readonly string[] | undefined,
  where: ((message: never) => boolean) | undefined,
): Wanted | null {
  const guard = where as Wanted | undefined;
  if (type === undefined) return guard ?? null;
  const byType: Wanted =
    typeof type === 'string' ? (m) => typeOf(m) === type : (m) => type.includes(typeOf(m) as string);
  return guard === undefined ? byType : (m) => byType(m) && guard(m);
}

function typeOf(message: unknown): unknown {
  return (message as { type?: unknown } | null | undefined)?.type;
}
