import { describeReason, errorToData } from '../../terms/exit-reason';
import { NotExposedError } from '../../terms/errors';
import type { NodeName } from '../../terms/node-name';
import type { Pid } from '../../terms/pid';
import type { RemoteCode } from '../../terms/spawn-signal';
import type { RefusedReport } from '../log/reports/report';

/** What is to be executed, in words. */
export function describeCode(code: RemoteCode): string {
  return 'module' in code ? `${code.module}.${code.fn}` : 'a function that was sent';
}

/**
 * Says for the log what was not executed for another, where nobody is told of it by an answer: who wanted what, and why
 * not. It is the mistake of who asked, so that there is no stack of this node's code.
 */
export function refusedReport(
  verb: RefusedReport['verb'],
  code: RemoteCode,
  error: unknown,
  from: Pid | NodeName | undefined,
): RefusedReport {
  const problem = error instanceof NotExposedError ? error.what : describeReason(errorToData(error));
  return {
    type: 'refused',
    verb,
    called: describeCode(code),
    ...(from === undefined ? {} : { from }),
    problem,
  };
}
