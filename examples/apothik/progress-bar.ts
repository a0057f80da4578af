// How far a long piece of work is: a bar on a terminal, one line at the end elsewhere.
import { SingleBar } from 'cli-progress';

export interface Progress {
  to(done: number): unknown;
  end(): void;
}

export function showProgress(
  title: string,
  total: number,
  stream: NodeJS.WriteStream = process.stdout,
): Progress {
  if (!stream.isTTY) {
    let reached = 0;
    return {
      to: (done) => (reached = done),
      end: () => {
        stream.write(`${title}: ${String(reached)} of ${String(total)}\n`);
      },
    };
  }
  const bar = new SingleBar({
    format: `${title} {bar} {value}/{total} {duration_formatted}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    stream,
  });
  bar.start(total, 0);
  return {
    to: (done) => {
      bar.update(done);
    },
    end: () => {
      bar.stop();
    },
  };
}
