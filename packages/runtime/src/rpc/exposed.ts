import { BadArgumentError, NotExposedError } from '../terms/errors';
import { executableInsteadOf, isExecutable } from '../terms/executable';
import type { NodeName } from '../terms/node-name';
import type { Exposed } from '../node/rpc';
import type { AllowList } from './allow-list';

/** A function of an exposed module. */
export type ExposedFunction = Exposed[string];

/** The functions that other nodes may call, by module and name. Nothing else of a node can be called from outside. */
export class ExposedModules {
  private readonly modules = new Map<string, Exposed>();

  constructor(private readonly allowed: AllowList) {}

  /** Exposes a module; a later one of the same name takes its place. */
  expose(module: string, functions: Exposed): void {
    if (typeof module !== 'string' || module === '') {
      throw new BadArgumentError({ call: 'expose', expected: 'the name of a module', got: module });
    }
    const call = `expose '${module}'`;
    if (typeof functions !== 'object' || (functions as Exposed | null) === null) {
      throw new BadArgumentError({ call, expected: 'functions by their names', got: functions });
    }
    for (const [name, fn] of Object.entries(functions)) {
      if (isExecutable(fn)) continue;
      const expected = `${name} to be ${executableInsteadOf(fn)}`;
      throw new BadArgumentError({ call, expected, got: fn });
    }
    this.modules.set(module, { ...functions });
  }

  /**
   * @param caller the node that calls; `undefined` if that is not known for certain
   * @throws NotExposedError if there is no such module or function, or none for this node
   */
  find(call: string, module: string, fn: string, caller?: NodeName): ExposedFunction {
    this.allowed.check(call, module, fn, caller);
    const functions = this.modules.get(module);
    if (functions === undefined) throw new NotExposedError(call, `module '${module}' is not exposed`);
    // Own properties only: a peer must not reach `constructor`, or what else objects inherit.
    const found = Object.hasOwn(functions, fn) ? functions[fn] : undefined;
    if (found === undefined)
      throw new NotExposedError(call, `module '${module}' exposes no function '${fn}'`);
    return found;
  }
}
