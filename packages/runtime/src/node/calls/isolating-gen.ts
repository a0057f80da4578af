import type { Address } from '../../terms/address';
import { UnsendableError } from '../../terms/errors';
import type { Isolation } from '../../terms/isolation';
import { isAskedOfServer } from '../../terms/system-type';
import type { LocalProcess } from '../../process/local-process';
import { Gen, type RequestEnd } from './gen';
import { IsolatedCall } from './isolated-call';
import { passMessage } from '../signals/isolating-router';
import type { NodeLog } from '../log/node-log';
import type { CallContext, PendingCall } from './pending-call';

type GenParts = ConstructorParameters<typeof Gen>;
type CallParts =
  ConstructorParameters<typeof PendingCall> extends [CallContext, ...infer Rest] ? Rest : never;

/** The calls of a node whose processes do not share what they send. */
export class IsolatingGen extends Gen {
  constructor(
    private readonly isolation: Isolation,
    private readonly log: NodeLog,
    ...parts: GenParts
  ) {
    super(...parts);
  }

  override call(
    to: Address,
    request: unknown,
    timeoutMs: number,
    caller: LocalProcess | null = null,
  ): Promise<unknown> {
    try {
      return super.call(to, this.passed(to, request), timeoutMs, caller);
    } catch (error) {
      if (error instanceof UnsendableError) return Promise.reject(error);
      throw error;
    }
  }

  override request(
    to: Address,
    request: unknown,
    ended: RequestEnd,
    caller: LocalProcess | null,
  ): PendingCall {
    return super.request(to, this.passed(to, request), ended, caller);
  }

  protected override pending(...rest: CallParts): PendingCall {
    return new IsolatedCall(this.isolation, this.log, this, ...rest);
  }

  /** What is asked of a server itself holds living objects: the function that replaces its state, for one. */
  private passed(to: Address, request: unknown): unknown {
    if (this.router.find(to) === undefined || isAskedOfServer(request)) return request;
    return passMessage(this.isolation, request, 'request');
  }
}
