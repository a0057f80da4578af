import { z } from '#zod';
import { StartError, type TrestleError } from '../../terms/errors';
import { isOrderly, reasonOfThrown, type ExitReason } from '../../terms/exit-reason';
import { durationSchema, labelSchema, nameSchema } from '../../terms/option-schemas';
import { mailboxSchema } from '../../terms/mailbox-options';
import { checkOptions } from '../../terms/options';
import type { Pid } from '../../terms/pid';
import { reportCrash } from '../../node/log/reports/crash-report';
import type { ServerOptions } from '../../node/spawn/launch';
import { linkToStarter, type Launcher } from '../../node/spawn/launcher';
import { Process } from '../../node/process';
import { LongTimer } from '../../process/long-timer';
import type { LocalProcess } from '../../process/local-process';
import { isPromise } from '../../terms/promise';
import type { Callbacks, CallbacksClass } from './callbacks';
import { GenServerLoop } from './gen-server-loop';
import { releaseName, takeName } from './server-name';
import type { Title } from './server-title';
import type { StartListener } from './start-listener';

const optionsSchema = z.strictObject({
  args: z.unknown().optional(),
  name: nameSchema.optional(),
  label: labelSchema.optional(),
  timeoutMs: durationSchema.optional(),
  mailbox: mailboxSchema.optional(),
});

/** Whether there is nothing in the options that could be wrong: only others are looked at closely. */
function isPlainlyRight(options: unknown): boolean {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return false;
  for (const name in options) if (name !== 'args') return false;
  return true;
}

/**
 * Starts a server and waits for its `init`. If it does not start, the process is gone and its name is free when the
 * promise rejects; a starter that traps exits gets no `EXIT` of it, one that does not trap them and is linked ends.
 */
export function startServer(
  launcher: Launcher,
  Server: CallbacksClass,
  options: ServerOptions<unknown>,
): Promise<Pid> {
  const what = { behaviour: 'GenServer', module: Server.name };
  return startCallbacks(launcher, what, () => new (launcher.local.code.newest(Server))(), options);
}

/** As `startServer`, of callbacks that are made from a class of a user, but are not of it. */
export function startCallbacks(
  launcher: Launcher,
  what: Title,
  create: () => Callbacks,
  options: ServerOptions<unknown>,
): Promise<Pid> {
  const call = `start ${what.module}`;
  return new Promise((resolve, reject) => {
    if (!isPlainlyRight(options)) checkOptions(call, optionsSchema, options);
    const process = launcher.local.createProcess(options.mailbox);
    process.label = options.label ?? null;
    // The name is taken before anything of the server runs, so that two servers of one name never run at once.
    let named: Promise<void> | undefined;
    try {
      named = takeName(call, launcher.local, options.name, process);
    } catch (error) {
      resolve(launcher.local.gen.refused(error, launcher.starter));
      return;
    }
    const starting = new Starting(launcher, process, what, options, resolve, reject);
    if (named === undefined) starting.begin(create);
    else {
      named.then(() => {
        starting.beginLate(create);
      }, reject);
    }
  });
}

/** A server on its way up: settles its start once, whatever happens first. */
class Starting implements StartListener {
  private timer: LongTimer | null = null;
  private hasFailed = false;

  constructor(
    private readonly launcher: Launcher,
    private readonly process: LocalProcess,
    private readonly what: Title,
    private readonly options: ServerOptions<unknown>,
    private readonly resolve: (pid: Pid) => void,
    private readonly reject: (error: TrestleError) => void,
  ) {}

  get args(): unknown {
    return this.options.args;
  }

  /** Begins when the name was long in coming: who starts the server, or its process, may have ended. */
  beginLate(create: () => Callbacks): void {
    const { starter, link } = this.launcher;
    if (link && starter?.hasEnded === true) this.process.end(starter.exitReason);
    if (this.process.hasEnded) this.failed(this.process.exitReason);
    else this.begin(create);
  }

  begin(create: () => Callbacks): void {
    const { local } = this.launcher;
    const { process } = this;
    const { timeoutMs } = this.options;
    const parent = linkToStarter(this.launcher, process);
    const server = this.construct(create);
    if (server === undefined) return;
    if (timeoutMs !== undefined) {
      this.timer = new LongTimer(local.clock, timeoutMs, () => {
        this.timedOut();
      });
    }
    process.begin(new GenServerLoop(local, process, server, parent?.pid ?? null, this));
  }

  started(): void {
    this.timer?.cancel();
    if (!this.isAwaited) return;
    this.launcher.started?.(this.process);
    this.resolve(this.process.pid);
  }

  failed(reason: ExitReason): void {
    this.timer?.cancel();
    // One that takes too long is killed, which is no second failure.
    if (this.hasFailed) return;
    this.hasFailed = true;
    const { local, starter } = this.launcher;
    if (starter?.trapsExits === true) this.unlink();
    const reject = (): void => {
      if (!this.isAwaited) return;
      local.gen.refused(new StartError(`start ${this.what.module}`, reason), starter).catch(this.reject);
    };
    const released = releaseName(local, this.options.name, this.process);
    // Not before the starter has felt the link: if that ends it, it does not go on.
    if (isPromise(released)) released.then(reject, reject);
    else queueMicrotask(reject);
  }

  /** An error of the constructor is as one of `init`, but nothing of the server has run in the process. */
  private construct(create: () => Callbacks): Callbacks | undefined {
    const { local } = this.launcher;
    const { process, what } = this;
    const self = new Process();
    Process.embody(self, local, process);
    try {
      const server = create();
      server.self = self;
      return server;
    } catch (thrown) {
      const reason = reasonOfThrown(thrown);
      const crash = { behaviour: what.behaviour, initialCall: what.module, reason };
      if (!isOrderly(reason)) reportCrash(self.log, process, local.table, crash);
      this.failed(reason);
      process.end(reason);
      return undefined;
    }
  }

  /** As in OTP, a start that takes too long is no reason for a linked starter to end. */
  private timedOut(): void {
    this.unlink();
    this.failed('timeout');
    this.process.end('killed');
  }

  private unlink(): void {
    const { starter } = this.launcher;
    if (starter?.removeLink(this.process.pid) === true) this.process.removeLink(starter.pid);
  }

  /** A starter that has ended executes nothing any more. */
  private get isAwaited(): boolean {
    return this.launcher.starter?.hasEnded !== true;
  }
}
