import {
  childSpec,
  GenServer,
  startSupervisor,
  type ApplicationOptions,
  type ChildOptions,
  type Pid,
  type Self,
} from '@trestle/runtime';

/** A server that says in a diary when it starts and stops. */
export class Writer extends GenServer<never, { type: 'crash' } | { type: 'stop'; reason: unknown }, Writing> {
  private writing!: Writing;
  override init(writing: Writing): void {
    this.self.trapExit(true);
    this.writing = writing;
    writing.diary.push(`+${writing.id}`);
  }
  override handleCast(request: { type: 'crash' } | { type: 'stop'; reason: unknown }): never {
    return this.self.exit(request.type === 'crash' ? 'crash' : request.reason);
  }
  override async terminate(): Promise<void> {
    await this.writing.farewell?.();
    this.writing.diary.push(`-${this.writing.id}`);
  }
}

export interface Writing {
  readonly id: string;
  readonly diary: string[];
  readonly farewell?: () => unknown;
}

/** Starts a tree of one server, registered under its id, which gives up at its first crash. */
export function treeOf(
  self: Self,
  writing: Writing,
  kept: Pick<ChildOptions, 'shutdownMs'> = {},
): Promise<Pid> {
  const child = childSpec(Writer, { id: writing.id, name: writing.id, args: writing, ...kept });
  return startSupervisor(self, { strategy: 'oneForOne', intensity: { restarts: 0 }, children: [child] });
}

/** An application with a tree of one server named after it, that says in a diary what happens to it. */
export function diaryApplication(
  diary: string[],
  name: string,
  more: Partial<ApplicationOptions> & { readonly fails?: unknown } = {},
): ApplicationOptions {
  const { fails, ...options } = more;
  return {
    name,
    handleSignals: false,
    start: (self) => (fails === undefined ? treeOf(self, { id: name, diary }) : self.exit(fails)),
    prepStop: () => void diary.push(`prepStop ${name}`),
    stop: () => void diary.push(`stop ${name}`),
    ...options,
  };
}
