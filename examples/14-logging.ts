// What a node logs is data: levels, the process that logs, and reports of what crashed and was started again.
import {
  childSpec,
  consoleLogger,
  GenServer,
  localName,
  reply,
  startNode,
  startSupervisor,
  Supervisor,
  type Call,
  type CallResult,
  type LogRecord,
} from '@trestle/runtime';

type Pay = Call<{ type: 'pay'; cents: number }, 'thanks'>;

class Till extends GenServer<Pay> {
  private total = 0;

  override handleCall(request: Pay): CallResult {
    // What is logged has the process with it; a text that is a function is made only if it is written.
    this.self.log.debug(() => `before: ${String(this.total)}`);
    if (request.cents <= 0) throw new RangeError(`a coin of ${String(request.cents)}`);
    this.total += request.cents;
    this.self.log.info('paid', { cents: request.cents });
    return reply(request, 'thanks');
  }
}
const TILL = localName<Till>('till');

/** One line for each record; `format: 'json'` would make JSON of it, and no format at all a text with details. */
function format({ level, module, text, report, fields }: LogRecord): string {
  if (report?.type === 'crash')
    return `${level} ${report.initialCall ?? ''} crashed, its state was ${JSON.stringify(report.state)}`;
  if (report?.type === 'supervisor')
    return `${level} ${report.supervisor}: ${report.offender.id} ${report.errorContext}`;
  if (report?.type === 'progress') return `${level} ${report.supervisor}: ${report.started.id} started`;
  return `${level} ${module ?? ''} ${text}${fields === undefined ? '' : ` ${JSON.stringify(fields)}`}`;
}

async function main(): Promise<void> {
  const logger = consoleLogger({ format, write: (line) => process.stdout.write(line) });
  const node = await startNode({ logger, levels: { modules: { Supervisor: 'debug' } } });
  const shop = await startSupervisor(node, {
    name: 'shop',
    strategy: 'oneForOne',
    children: [childSpec(Till, { name: TILL })],
  });

  await node.call(TILL, { type: 'pay', cents: 5 });
  node.log.setLevel('debug', { module: Till });
  await node.call(TILL, { type: 'pay', cents: 7 });
  await node.call(TILL, { type: 'pay', cents: -1 }).catch(() => 'refused');
  // The supervisor hears of the crash before it hears of this: the till is there again.
  await Supervisor.countChildren(node, shop);
  await node.call(TILL, { type: 'pay', cents: 1 });
  await node.stop();
}

void main();

// prints:
// debug shop: Till started
// info Till paid {"cents":5}
// debug Till before: 5
// info Till paid {"cents":7}
// debug Till before: 12
// error Till crashed, its state was {"total":12}
// error shop: Till childTerminated
// debug shop: Till started
// debug Till before: 0
// info Till paid {"cents":1}
