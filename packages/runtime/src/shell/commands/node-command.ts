import { readConfig } from '../../distribution/boot/config-file';
import { syncNodes } from '../../distribution/boot/sync-nodes';
import type { Node } from '../../node/node';
import type { TlsOptions } from '../../node/options/tls-options';
import { startNode } from '../../start-node';
import type { GlobalOptions } from './user-error';

/** Options of the commands that start a node. */
export interface NodeCommandOptions extends GlobalOptions {
  readonly name?: string;
  readonly cookie?: string;
  readonly hidden?: boolean;
  readonly port?: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly config?: string;
  readonly acceptFunctions?: boolean;
}

/** Starts the node a command asks for, and waits for the nodes its config file names. */
export async function startCommandNode(options: NodeCommandOptions): Promise<Node> {
  const { name, cookie, hidden, port, config, acceptFunctions } = options;
  const settings = config === undefined ? undefined : await readConfig(config);
  const node = await startNode({
    ...(name === undefined ? {} : { name }),
    ...(cookie === undefined ? {} : { cookie }),
    ...(hidden === undefined ? {} : { hidden }),
    ...(port === undefined ? {} : { port }),
    ...(acceptFunctions === undefined ? {} : { acceptFunctions }),
    ...tlsOf(options),
    ...(settings === undefined ? {} : { applicationConfig: settings.applications }),
  });
  try {
    if (settings !== undefined) await syncNodes(node, settings.syncNodes);
    return node;
  } catch (error) {
    await node.stop();
    throw error;
  }
}

/** One of the options is enough to want TLS: what is missing is said at the door of the node. */
function tlsOf({ tlsCert, tlsKey, tlsCa }: NodeCommandOptions): { readonly tls?: TlsOptions } {
  if (tlsCert === undefined && tlsKey === undefined && tlsCa === undefined) return {};
  const ca = tlsCa === undefined ? {} : { ca: tlsCa };
  return { tls: { cert: tlsCert as string, key: tlsKey as string, ...ca } };
}
