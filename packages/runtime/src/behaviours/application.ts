import { z } from 'zod';
import { BadArgumentError, StartError } from '../terms/errors';
import { durationSchema, flagSchema, functionSchema, textSchema } from '../terms/option-schemas';
import { checkOptions } from '../terms/options';
import { BaseVerbs } from '../node/base-verbs';
import type { Node } from '../node/node';
import { stopWithNode } from '../node/stop-hook';
import { ApplicationMaster } from './application-master';
import type { Application, ApplicationOptions } from './application-options';
import { RunningApplication } from './running-application';
import { startServer } from './start-server';

const optionsSchema = z.strictObject({
  name: textSchema,
  start: functionSchema(),
  prepStop: functionSchema().optional(),
  stop: functionSchema().optional(),
  type: z.enum(['permanent', 'transient', 'temporary'], "'permanent', 'transient' or 'temporary'").optional(),
  handleSignals: flagSchema.optional(),
  stopTimeoutMs: durationSchema.optional(),
});

/**
 * Starts an application: a supervision tree with a name, which stops in order with its node, by `stop()`, or by SIGTERM
 * and SIGINT. OTP: `application:start/2`.
 * @throws StartError if the tree did not start, for the reason of its root; BadArgumentError if an option is wrong
 */
export async function startApplication(node: Node, options: ApplicationOptions): Promise<Application> {
  checkOptions('startApplication', optionsSchema, options);
  const launcher = BaseVerbs.launcherOf('startApplication', node, false);
  if (launcher.starter !== null) {
    throw new BadArgumentError({ call: 'startApplication', expected: 'a node', got: node });
  }
  const application = new RunningApplication(node, options, options.handleSignals === false ? null : process);
  const started = startServer(launcher, ApplicationMaster, { args: application.plan() });
  stopWithNode(launcher.local, started, () => application.stop());
  try {
    await started;
    return application;
  } catch (error) {
    application.hasNotStarted();
    if (!(error instanceof StartError)) throw error;
    throw new StartError(`startApplication '${options.name}'`, error.reason);
  }
}
