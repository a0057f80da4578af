import { BadArgumentError } from '../../terms/errors';
import { embodied, type Callbacks, type Embodied, type UserInstance } from './callbacks';
import { fieldsOf } from './server-state';

/** The instance of a user's class behind a server: the callbacks themselves, unless they say otherwise. */
export function embodiedBy(server: Callbacks): Embodied {
  return server[embodied]?.() ?? { instance: server, before: fieldsOf(server), succeededBy: asCallbacks };
}

function asCallbacks(successor: UserInstance): Callbacks {
  if (typeof (successor as Partial<Callbacks>).handleCall === 'function') return successor as Callbacks;
  const expected = 'a class that extends GenServer';
  throw new BadArgumentError({ call: 'changeCode', expected, got: successor.constructor });
}
