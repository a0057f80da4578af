/** The experiments of the founding document "Apothik, part 2", between OS processes. */
import { inspect } from 'node:util';
import { OsCluster } from '../support/os-cluster';
import type { OsProcess } from '../support/os-process';
import { OsShell } from '../support/os-shell';

const numbers = [1, 2, 3, 4, 5];
const names = numbers.map((i) => `apothik_${String(i)}@127.0.0.1`);
const without2 = names.filter((name) => !name.startsWith('apothik_2'));

const routing = 'modulo';
const first = [1026, 996, 1012, 1021, 945];

describe('machines that come and go', () => {
  let cluster: OsCluster;
  let shell: OsShell;

  beforeAll(async () => {
    cluster = await OsCluster.start();
    const terminal = cluster.npm('cluster', ['2', routing]);
    await allConnected(terminal);
    shell = new OsShell(cluster.npm('shell'));
    await shell.type("Node.ping('apothik_1@127.0.0.1')");
  });

  afterAll(() => cluster.end());

  /** Asks until the answer is the expected one: machines hear of each other a moment later. */
  async function until(code: string, expected: unknown): Promise<void> {
    const text = oneLine(inspect(expected));
    for (;;) if (oneLine(await shell.type(code)) === text) return;
  }

  it('fill through the first one: the keys are where phash2 says', async () => {
    for (const i of numbers) await until(`Master.cluster(${String(i)})`, names);
    expect(await shell.type('Master.fill(1, 5000)')).toContain("'ok'");
    await until('Master.stats()', first);
  });

  it("stop one by rpc: 'nodedown', and what it held is lost", async () => {
    await shell.type('Master.kill(2)');
    for (const i of [1, 3, 4, 5]) await until(`Master.cluster(${String(i)})`, without2);
    await until(
      'Master.stats()',
      first.map((n, i) => (i === 1 ? 'nodedown' : n)),
    );
  });

  it('fill again: most keys have another owner', async () => {
    await shell.type('Master.fill(1, 5000)');
    const sum = 'Master.stats().then((all) => all.filter(Number.isInteger).reduce((a, b) => a + b))';
    await until(sum, 8_056);
  });

  it('start it again: it is a member at once, and empty', async () => {
    cluster.npm('instance', ['2', '2', routing]);
    for (const i of [1, 3, 4, 5]) await until(`Master.cluster(${String(i)})`, names);
    await until('Master.cluster(2)', names);
    await until('Master.stat(2)', 0);
  });
});

/** Resolves when every machine has found all others. */
async function allConnected(terminal: OsProcess): Promise<void> {
  const lines = numbers.flatMap((i) =>
    names
      .filter((name) => name !== names[i - 1])
      .map((name) => new RegExp(`apothik_${String(i)} \\|.* connected to ${name}`)),
  );
  await Promise.all(lines.map((line) => terminal.prints(line)));
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
