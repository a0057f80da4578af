import { createRequire } from 'node:module';
import { Command, InvalidArgumentError } from 'commander';
import type { NodeCommandOptions } from './commands/node-command';
import type { ShellCommandOptions } from './commands/shell-command';
import { complainOf, reportError, type GlobalOptions } from './commands/user-error';

const { version } = createRequire(__filename)('../../package.json') as { version: string };

/**
 * The `trestle` command. Ends the program: with exit code 0, or with 1 after one line that says what is wrong.
 * @param argv as `process.argv`
 */
export async function runCli(argv: readonly string[]): Promise<void> {
  const program = commands();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    reportError(error, program.opts<GlobalOptions>());
    process.exitCode = 1;
  }
  // A timer that was started at the prompt must not keep the program from ending.
  process.exit();
}

function commands(): Command {
  const program = new Command('trestle')
    .description("The BEAM's process model for Node.js: named nodes, and a shell to look into them")
    .version(version, '-V, --version')
    .option('--verbose', 'print the stack of an error (as DEBUG=trestle does)')
    .showHelpAfterError('(trestle --help shows what there is)')
    .configureOutput({ outputError: complainOf })
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
Environment:
  TRESTLE_COOKIE       the secret of the cluster, in place of ~/.trestle.cookie
  TRESTLE_MAPPER_PORT  the port of the port mapper (default: 4370)`,
    );
  addShell(program);
  addRun(program);
  addNames(program);
  return program;
}

function addShell(program: Command): void {
  nodeCommand(program, 'shell', 'open a shell on a node; without --name it is on its own')
    .option('--preload <file>', 'its exports become bindings (default: .trestle.ts or .js, here or at home)')
    .option('--no-preload', 'load no such file')
    .option('--history <file>', 'keep what is typed there (default: ~/.trestle_history)')
    .option('--no-history', 'keep it nowhere')
    .option('--no-inspect', 'do not let DevTools attach')
    .addHelpText(
      'after',
      `
Examples:
  $ trestle shell --name master@127.0.0.1
  master@127.0.0.1 1> Node.ping('apothik_1@127.0.0.1')
  'pong'
  master@127.0.0.1 2> rpc.call('apothik_1@127.0.0.1', 'Node', 'list')
  $ echo "Node.list()" | trestle shell --name probe@127.0.0.1 --hidden    # exit code 1 if the last line fails`,
    )
    .action(async (options: ShellCommandOptions, command: Command) => {
      const { shellCommand } = await import('./commands/shell-command');
      await shellCommand({ ...command.optsWithGlobals(), ...options });
    });
}

function addRun(program: Command): void {
  nodeCommand(program, 'run', 'run a program on a node, until the node stops (Ctrl-C)')
    .argument('<file>', 'a .js or .ts file with a default export: async (node, args) => …, or one named main')
    .argument('[args...]', 'what the program gets as args; put -- before those that start with a dash')
    .addHelpText(
      'after',
      `
Example:
  $ trestle run app.ts --name apothik_1@127.0.0.1 -- --verbose`,
    )
    .action(async (file: string, args: string[], options: NodeCommandOptions, command: Command) => {
      const { runCommand } = await import('./commands/run-command');
      await runCommand(file, args, { ...command.optsWithGlobals(), ...options });
    });
}

function addNames(program: Command): void {
  program
    .command('names')
    .description('print the nodes of a host and their ports, as its port mapper knows them')
    .option('--host <host>', 'the host to ask', '127.0.0.1')
    .action(async (options: { host: string }) => {
      const { namesCommand } = await import('./commands/names-command');
      await namesCommand(options);
    });
}

/** A command that starts a node. */
function nodeCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--name <name@host>', 'the name of the node')
    .option(
      '--cookie <cookie>',
      'the secret of the cluster (default: TRESTLE_COOKIE, else ~/.trestle.cookie)',
    )
    .option('--hidden', 'take no part in the mesh, and be on no list')
    .option('--port <port>', 'listen on this port (default: a free one)', portOf)
    .option('--accept-functions', 'execute functions that other nodes send: Node.spawn(node, fn)')
    .option('--tls-cert <file>', 'the certificate of the node, in PEM: its connections are encrypted then')
    .option('--tls-key <file>', 'the key of the certificate')
    .option('--tls-ca <file>', 'the authorities that sign certificates of nodes')
    .option('--config <file>', 'nodes to wait for at boot: { kernel: { syncNodesOptional: […] } }');
}

function portOf(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('expected a port from 0 to 65535');
}
