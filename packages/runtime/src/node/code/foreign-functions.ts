import { FunctionsNotAcceptedError } from '../../terms/errors';
import { functionOf, type AnyFunction } from '../../terms/function-source';
import type { NodeName } from '../../terms/node-name';

/** The functions that other nodes send as source: a node executes them only if it was told to. */
export class ForeignFunctions {
  constructor(
    private readonly node: NodeName,
    /** Whether they are accepted. */
    readonly accepted: boolean,
  ) {}

  /**
   * Makes a function of its source.
   * @throws FunctionsNotAcceptedError, BadArgumentError if it is no source of a function
   */
  take(call: string, source: string): AnyFunction {
    if (!this.accepted) throw new FunctionsNotAcceptedError(call, this.node);
    return functionOf(call, source);
  }
}
