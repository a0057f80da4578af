// What whoever types a command to a machine that is down wants to know: how it is started.
import { BadArgumentError, NodeDownError } from '@trestle/runtime';

const hint = "'npm run cluster' starts the five in another terminal, 'npm run instance N' one of them";

/** The same verbs; what fails because a node is down says how to start it. */
export function withDownHint<Verbs extends Readonly<Record<string, (...args: never[]) => Promise<unknown>>>>(
  verbs: Verbs,
): Verbs {
  // Each in an object of its own, so that the prompt shows it by its name.
  const hinting = Object.entries(verbs).map(([name, verb]) => ({
    [name]: async (...args: never[]) => {
      try {
        return await verb(...args);
      } catch (error) {
        return hintAtStart(error);
      }
    },
  }));
  return Object.assign({}, ...hinting) as Verbs;
}

function hintAtStart(error: unknown): never {
  if (error instanceof NodeDownError) error.message += ` (${hint})`;
  // What was typed is wrong, not the code that says so: its lines would only be in the way.
  if (error instanceof BadArgumentError) error.stack = String(error);
  throw error;
}
