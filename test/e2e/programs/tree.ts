// A program for `trestle run`: three servers under a supervisor, which say when they start and stop.
import { childSpec, GenServer, startApplication, startSupervisor, type Node } from '@trestle/runtime';

class Speaker extends GenServer<never, never, string> {
  private name = '';

  override init(name: string): void {
    this.name = name;
    this.self.trapExit(true);
    console.log(`start ${name}`);
  }

  override terminate(): void {
    console.log(`stop ${this.name}`);
  }
}

export default async (node: Node): Promise<void> => {
  await startApplication(node, {
    name: 'tree',
    start: (self) =>
      startSupervisor(self, {
        strategy: 'oneForOne',
        children: ['first', 'second', 'third'].map((name) =>
          childSpec(Speaker, { id: name, args: name, name }),
        ),
      }),
  });
};
