import fc from 'fast-check';
import type { Pid, Ref, Self } from '@trestle/runtime';
import type { LocalProcess } from '../../../packages/runtime/src/process/local-process';
import type { Relations } from '../../../packages/runtime/src/process/relations';
import { partsOf, settle, startTestNode } from '../../support/test-node';

type Verb = 'link' | 'unlink' | 'monitor' | 'demonitor' | 'exit' | 'kill' | 'send';
interface Step {
  readonly verb: Verb;
  readonly who: number;
  readonly whom: number;
}

const processes = 6;
const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom<Verb>(
    'link',
    'link',
    'unlink',
    'monitor',
    'monitor',
    'demonitor',
    'exit',
    'kill',
    'send',
  ),
  who: fc.nat({ max: processes - 1 }),
  whom: fc.nat({ max: processes - 1 }),
});

function relationsOf(process: LocalProcess): Partial<Relations> {
  return (process as unknown as { relations: Relations | null }).relations ?? {};
}

class Family {
  readonly selves: Self<any>[] = [];
  readonly inboxes: any[][] = [];
  readonly refs: Ref[][] = [];

  /** Half of them trap exits. */
  readonly body = async (self: Self<any>): Promise<void> => {
    const me = this.selves.push(self) - 1;
    self.trapExit(me % 2 === 0);
    const inbox: any[] = (this.inboxes[me] = []);
    this.refs[me] = [];
    for (;;) inbox.push(await self.receive());
  };

  perform({ verb, who, whom }: Step): void {
    const self = this.selves[who]!;
    const other = this.selves[whom]!.pid;
    if (self.signal.aborted) return;
    if (verb === 'monitor') this.refs[who]!.push(self.monitor(other));
    else if (verb === 'demonitor') {
      const ref = this.refs[who]!.shift();
      if (ref !== undefined) self.demonitor(ref, { flush: true });
    } else if (verb === 'exit') self.exitSignal(other, 'odd');
    else if (verb === 'kill') self.exitSignal(other, 'kill');
    else if (verb === 'send') self.send(other, 'hello');
    else self[verb](other);
  }
}

describe('links and monitors', () => {
  it('stand on both sides or on neither, end with either process, and tell of each end at most once', async () => {
    const node = await startTestNode();
    const { table } = partsOf(node);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat({ max: 5 }), async (steps, pause) => {
        const family = new Family();
        const pids: Pid[] = Array.from({ length: processes }, () => node.spawn<any>(family.body));
        await settle();
        for (const [index, doing] of steps.entries()) {
          family.perform(doing);
          if (pause > 0 && index % pause === 0) await Promise.resolve();
        }
        await settle();
        for (const pid of pids) {
          const process = table.get(pid);
          if (process === undefined) continue;
          for (const [other] of relationsOf(process).links ?? [])
            expect(table.get(other)!.hasLink(pid)).toBe(true);
          for (const [ref, to] of relationsOf(process).monitors ?? []) {
            expect(relationsOf(table.get(to as Pid)!).watchers!.get(ref)).toMatchObject({ from: pid });
          }
          for (const [ref, { from: watcher }] of relationsOf(process).watchers ?? []) {
            expect(relationsOf(table.get(watcher)!).monitors!.get(ref)).toBe(pid);
          }
        }
        for (const inbox of family.inboxes) {
          const refs = inbox.filter(({ type }) => type === 'DOWN').map(({ ref }) => ref as Ref);
          expect(new Set(refs).size).toBe(refs.length);
        }
        for (const pid of pids) node.exitSignal(pid, 'kill');
      }),
      { numRuns: 150 },
    );
    expect(table.size).toBe(node.processes().length);
  });
});
