import type { RpcAccess, RpcRule } from '../node/options/rpc-access';
import { NotExposedError } from '../terms/errors';
import type { NodeName } from '../terms/node-name';
import { textTest, type TextTest } from '../terms/text-pattern';

interface Rule {
  readonly functions: TextTest;
  /** `null`: whoever calls, also if that is not known. */
  readonly from: TextTest | null;
}

/**
 * Which of the exposed functions other nodes may call. It is about functions: a node of the cluster can still send
 * messages and exit signals to every process. OTP has none; its `rpc` calls whatever there is.
 */
export class AllowList {
  private readonly rules: readonly Rule[] | null;

  /** @param access without it every exposed function can be called by everyone */
  constructor(
    private readonly self: NodeName,
    access: RpcAccess | undefined,
  ) {
    this.rules = access === undefined ? null : access.allow.map(ruleOf);
  }

  /**
   * @param caller the node that calls, as its connection knows it; `undefined` if nobody does
   * @throws NotExposedError if the node may not call it, whether it is there or not
   */
  check(call: string, module: string, fn: string, caller: NodeName | undefined): void {
    if (this.rules === null || caller === this.self) return;
    const called = `${module}.${fn}`;
    if (this.rules.some((rule) => rule.functions(called) && allows(rule, caller))) return;
    throw new NotExposedError(call, `'${called}' is not allowed for ${caller ?? 'an unknown caller'}`);
  }
}

function allows({ from }: Rule, caller: NodeName | undefined): boolean {
  return from === null || (caller !== undefined && from(caller));
}

function ruleOf(rule: string | RpcRule): Rule {
  if (typeof rule === 'string') return { functions: textTest(rule), from: null };
  return { functions: textTest(rule.functions), from: rule.from === undefined ? null : textTest(rule.from) };
}
