import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultLimits } from '../../../packages/runtime/src/distribution/wire/limits';
import { mapperLimits } from '../../../packages/runtime/src/distribution/port-mapper/mapper-protocol';
import { pulseLimits } from '../../../packages/runtime/src/distribution/pulse/pulse-thread';
import { unprovenBytes } from '../../../packages/runtime/src/distribution/kernel/handshakes';

const page = readFileSync(join(__dirname, '../../../docs/threat-model.md'), 'utf8');

/** The default that stands behind an option. */
function saidOf(option: string): string | undefined {
  return new RegExp(`\`limits\\.${option}\` (\\d+(?:,\\d+)*(?: MiB)?)`).exec(page)?.[1];
}

it.each(Object.entries(defaultLimits))('the threat model names %s and its default', (option, value) => {
  const said =
    option === 'maxFrameBytes' ? `${String(value / 1024 ** 2)} MiB` : value.toLocaleString('en-US');
  expect(saidOf(option)).toBe(said);
});

it('the threat model says how many bytes a stranger may send', () => {
  expect(page).toContain(`four such messages: ${String(unprovenBytes(defaultLimits) / 1024)} KiB`);
});

const inEnglish = (n: number): string => n.toLocaleString('en-US');

it('the threat model says what strangers may push at the port mapper and at the pulse', () => {
  const { maxNames, maxConnections, maxRequestBytes } = mapperLimits;
  const atMapper = [maxNames, maxConnections, maxRequestBytes].map(inEnglish).join(', ');
  expect(page).toContain(`| names, connections, bytes of a request at the port mapper     | ${atMapper} `);
  const { maxConnections: connections, maxBytes, timeoutMs } = pulseLimits;
  const atPulse = [connections, maxBytes, timeoutMs].map(inEnglish).join(', ');
  expect(page).toContain(`| connections, characters, time of a question at the pulse      | ${atPulse} ms `);
});
