import { createColors } from 'picocolors';
import { mapperPort } from '../../distribution/port-mapper/mapper-port';
import { names } from '../../distribution/port-mapper/mapper-client';
import { systemClock } from '../../node/system/system-clock';

/** `trestle names`: what the port mapper of a host knows. OTP: `epmd -names`. */
export async function namesCommand({ host }: { readonly host: string }): Promise<void> {
  const port = mapperPort(process.env);
  const known = await names({ host, port, clock: systemClock });
  const { bold } = createColors(process.stdout.isTTY && process.env['NO_COLOR'] === undefined);
  const lines = known
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map((node) => `name ${bold(node.name)} at port ${String(node.port)}`);
  const head =
    known.length === 0
      ? `no node is known on ${host} (port mapper: port ${String(port)})`
      : `the port mapper of ${host} on port ${String(port)} knows:`;
  process.stdout.write(`${[head, ...lines].join('\n')}\n`);
}
