import type { AnyStateMachine, EventFromLogic } from 'xstate';
import { z } from '#zod';
import { BadArgumentError } from '../terms/errors';
import { functionSchema, textSchema } from '../terms/option-schemas';
import { checkOptions } from '../terms/options';
import type { ServerClass } from '../node/spawn/launch';
import type { Self } from '../node/node';
import { MachineServer } from './machine-server';
import type { MachineOptions } from './machine-types';

const optionsSchema = z.strictObject({
  name: textSchema.optional(),
  mapMessage: functionSchema().optional(),
});

/**
 * Makes a class of servers of an XState machine, to be started and supervised as any server:
 * `node.start(machineServer(machine), { name, args: { input } })`. It can be extended, by `formatStatus` for example.
 * @param machine the machine; or a function of the process it will run in, which returns it: then its actions can send,
 *   call and monitor (`(self) => machine.provide({ actions: … })`)
 * @throws BadArgumentError if it is neither, or an option is wrong
 */
export function machineServer<
  M extends AnyStateMachine,
  const Event extends EventFromLogic<M> = EventFromLogic<M>,
>(
  machine: M | ((self: Self) => M),
  options: MachineOptions<NoInfer<M>, Event> = {},
): ServerClass<MachineServer<M>> {
  checkOptions<unknown>('machineServer', optionsSchema, options);
  const make = typeof machine === 'function' ? machine : (): M => machine;
  if (typeof machine !== 'function') checkMachine(machine);
  const { name = typeof machine === 'function' ? 'Machine' : machine.id, mapMessage } = options;
  const Class = class extends MachineServer<M> {
    protected override createMachine(): M {
      return checkMachine(make(this.self));
    }
    protected override mapMessage(message: never): ReturnType<MachineServer<M>['mapMessage']> {
      return mapMessage?.(message);
    }
  };
  Object.defineProperty(Class, 'name', { value: name });
  return Class;
}

function checkMachine<M extends AnyStateMachine>(machine: M): M {
  const { provide, root } = (machine as Partial<M> | null | undefined) ?? {};
  if (typeof provide === 'function' && root !== undefined) return machine;
  throw new BadArgumentError({ call: 'machineServer', expected: 'a machine of XState 5', got: machine });
}
