import type { RpcAccess, RpcRule } from '../node/rpc-access';
import { NotExposedError } from '../terms/errors';
import type { NodeName } from '../terms/node-name';

/** Tells whether a text fits one of some patterns. */
type Test = (text: string) => boolean;

interface Rule {
  readonly functions: Test;
  /** `null`: whoever calls, also if nobody knows who that is. */
  readonly from: Test | null;
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
   * @param caller the node that calls, as its connection knows it; `undefined` if there is nobody to answer to, as with a cast
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
  if (typeof rule === 'string') return { functions: testOf(rule), from: null };
  return { functions: testOf(rule.functions), from: rule.from === undefined ? null : testOf(rule.from) };
}

function testOf(patterns: string | readonly string[]): Test {
  const pieces = [patterns].flat().map((pattern) => pattern.split('*'));
  return (text) => pieces.some((pattern) => fits(text, pattern));
}

/** Whether a text has the pieces in their order. Not by an expression: the text is the caller's, and so is its length. */
function fits(text: string, [first = '', ...others]: readonly string[]): boolean {
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of others) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
