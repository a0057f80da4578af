import {
  GenServer,
  reply,
  type From,
  type Node,
  type Self,
  type ServerName,
  type ServerPid,
} from '@trestle/runtime';

/** What a scripted server does in its callbacks; each gets the server, and may be left out. */
export interface Script {
  readonly traps?: boolean;
  readonly log?: unknown[];
  readonly init?: (me: Scripted) => unknown;
  readonly call?: (request: any, from: From, me: Scripted) => unknown;
  readonly cast?: (request: any, me: Scripted) => unknown;
  readonly info?: (message: any, me: Scripted) => unknown;
  readonly goOn?: (term: any, me: Scripted) => unknown;
  readonly terminate?: (reason: unknown, me: Scripted) => unknown;
}

/**
 * A server that does what its script says, right or wrong, and writes down what it handles: `['call', request]`,
 * `['cast', request]`, `['info', message]`, `['continue', term]`, `['terminate', reason]`. Without a script it answers
 * each call with the request.
 */
export class Scripted extends GenServer<any, any, Script> {
  log: unknown[] = [];
  script!: Script;

  override init(script: Script): any {
    this.script = script;
    this.log = script.log ?? this.log;
    this.self.trapExit(script.traps ?? false);
    return script.init?.(this);
  }
  override handleCall(request: any, from: From): any {
    this.log.push(['call', request]);
    return this.script.call === undefined ? reply(request, request) : this.script.call(request, from, this);
  }
  override handleCast(request: any): any {
    this.log.push(['cast', request]);
    return this.script.cast?.(request, this);
  }
  override handleInfo(message: any): any {
    this.log.push(['info', message]);
    return this.script.info?.(message, this);
  }
  override handleContinue(term: any): any {
    this.log.push(['continue', term]);
    return this.script.goOn?.(term, this);
  }
  override terminate(reason: unknown): any {
    this.log.push(['terminate', reason]);
    return this.script.terminate?.(reason, this);
  }
}

/** Starts a scripted server, linked if a process starts it: its pid, and what it has handled. */
export async function startScripted(
  on: Node | Self<any>,
  script: Script = {},
  options: { readonly name?: ServerName; readonly timeoutMs?: number } = {},
): Promise<{ readonly pid: ServerPid<Scripted>; readonly log: unknown[] }> {
  const log = script.log ?? [];
  const given = { ...options, args: { ...script, log } };
  const pid = 'startLink' in on ? await on.startLink(Scripted, given) : await on.start(Scripted, given);
  return { pid, log };
}
