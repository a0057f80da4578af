import fc from 'fast-check';
import type { ProcessHost } from '../../../packages/runtime/src/process/local-process';
import { ProcessTable } from '../../../packages/runtime/src/process/process-table';
import { isPid, isPidShaped } from '../../../packages/runtime/src/terms/pid';

const host = {} as ProcessHost;

describe('a process table', () => {
  it('finds a process by its pid until it is removed, and never another', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant('create' as const), fc.nat({ max: 50 })), { maxLength: 300 }),
        (steps) => {
          const table = new ProcessTable('n1@127.0.0.1', 77);
          const living = new Map<string, object>();
          const gone = new Set<string>();
          for (const step of steps) {
            if (step === 'create') {
              const process = table.create(host);
              expect(living.has(process.pid) || gone.has(process.pid)).toBe(false);
              living.set(process.pid, process);
            } else {
              const pid = [...living.keys()][step];
              if (pid === undefined) continue;
              table.remove(table.get(pid)!);
              living.delete(pid);
              gone.add(pid);
            }
          }
          for (const [pid, process] of living) expect(table.get(pid)).toBe(process);
          for (const pid of gone) expect(table.get(pid)).toBeUndefined();
          expect(table.size).toBe(living.size);
          expect(new Set([...table.all()])).toEqual(new Set(living.values()));
        },
      ),
    );
  });

  it('makes pids that say where they are from', () => {
    const table = new ProcessTable('n1@127.0.0.1', 1_000);
    const { pid } = table.create(host);
    expect(isPid(pid)).toBe(true);
    expect(isPidShaped(pid)).toBe(true);
    expect(pid).toBe('<n1@127.0.0.1/0.0/rs>');
  });

  it('uses a place more often than it keeps numbers ready for', () => {
    const table = new ProcessTable('n@h', 1);
    const pids = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const process = table.create(host);
      pids.add(process.pid);
      expect(table.get(process.pid)).toBe(process);
      table.remove(process);
    }
    expect(pids.size).toBe(200);
    expect(table.size).toBe(0);
  });

  it('does not count the pids that have no process', () => {
    const table = new ProcessTable('n@h', 1);
    const spare = table.sparePid();
    expect(table.size).toBe(0);
    expect(table.get(spare)).toBeUndefined();
    expect(table.create(host).pid).not.toBe(spare);
  });

  it('finds nothing by the pid of another node, another life of its own, or what is no pid', () => {
    const table = new ProcessTable('n@h', 1);
    const { pid } = table.create(host);
    for (const wrong of [
      pid.replace('n@h', 'm@h'),
      pid.replace('n@h', 'longer@host'),
      pid.replace('/1>', '/2>'),
      `${pid}x`,
      '',
      '<',
      'kv',
      '<n@h/99999999999999999999.0/1>',
    ]) {
      expect(table.get(wrong)).toBeUndefined();
    }
  });

  it('removes a process once', () => {
    const table = new ProcessTable('n@h', 1);
    const process = table.create(host);
    table.remove(process);
    table.remove(process);
    table.create(host);
    table.remove(process);
    expect(table.size).toBe(1);
  });
});
