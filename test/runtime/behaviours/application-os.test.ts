import { join } from 'node:path';
import { OsProcess } from '../../support/os-process';

const root = join(__dirname, '../../..');
const programs = join(__dirname, 'programs');
const started: OsProcess[] = [];

afterEach(async () => {
  for (const program of started.splice(0)) await program.signalGroup('SIGKILL');
});

function launch(file: string, ...args: string[]): OsProcess {
  const path = join(programs, `${file}.ts`);
  const command = [process.execPath, '--conditions=source', '-r', 'ts-node/register', path, ...args] as const;
  const program = new OsProcess(command, { cwd: root, env: process.env });
  started.push(program);
  return program;
}

async function start(file: string, ...args: string[]): Promise<OsProcess> {
  const program = launch(file, ...args);
  await program.prints(/runs/);
  return program;
}

describe('an application in an OS process of its own', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops in order on %s, and ends with code 0', async (signal) => {
    const program = await start('two-servers');
    expect(await program.signal(signal)).toEqual({ code: 0, signal: null });
    expect(program.stdout.trim().split('\n')).toEqual([
      'a starts',
      'b starts',
      'runs',
      'prepares to stop',
      'b stops',
      'a stops',
      'cleans up',
    ]);
    expect(program.stderr).toMatch(new RegExp(`${signal}: application two stops`));
    expect(program.stderr).toMatch(/Application two exited: stopped/);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends at once on a second %s, with code %d', async (signal, code) => {
    const program = await start('two-servers', 'stubborn');
    void program.signal(signal);
    await program.prints(/b stops/);
    expect(await program.signal(signal)).toEqual({ code, signal: null });
    expect(program.stdout).not.toMatch(/cleans up/);
  });

  it('ends with code 1 when its root gives up', async () => {
    const program = launch('two-servers', 'crashing');
    expect(await program.exited).toEqual({ code: 1, signal: null });
    expect(program.stderr).toMatch(/Application two exited: shutdown; the node stops with it/);
    expect(program.stdout).toMatch(/cleans up\n$/);
  });
});

describe('an application that depends on another, in an OS process of their own', () => {
  it('stops before it on SIGTERM, and the process ends with code 0', async () => {
    const program = await start('two-applications');
    expect(await program.signal('SIGTERM')).toEqual({ code: 0, signal: null });
    const lines = program.stdout.trim().split('\n');
    expect(lines).toEqual(['db starts', 'shop starts', 'runs', 'shop cleans up', 'db cleans up']);
    expect(program.stderr).toMatch(/SIGTERM: application db stops\n.*SIGTERM: application shop stops\n/);
  });

  it('stops in order when another one ends by itself, and the process ends with code 1', async () => {
    const program = launch('two-applications', 'crashing');
    expect(await program.exited).toEqual({ code: 1, signal: null });
    const lines = program.stdout.trim().split('\n');
    expect(lines.slice(-3)).toEqual(['extra cleans up', 'shop cleans up', 'db cleans up']);
    expect(program.stderr).toMatch(/Application extra exited: trouble; the node stops with it/);
  });
});
