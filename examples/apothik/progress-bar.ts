// How far a long piece of work is: a bar on a terminal, one line at the end elsewhere. Beside a prompt, bars in texts.
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
  if (!stream.isTTY) return oneLineAtTheEnd(title, total, stream);
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

const width = 40;

/** For what is shown while a prompt waits, which wipes what is not a whole line. */
export function barOf(reached: number, total: number): string {
  const full = Math.round((width * reached) / total);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${String(reached)}/${String(total)}`;
}

function oneLineAtTheEnd(title: string, total: number, stream: NodeJS.WriteStream): Progress {
  let reached = 0;
  return {
    to: (done) => (reached = done),
    end: () => {
      stream.write(`${title}: ${String(reached)} of ${String(total)}\n`);
    },
  };
}
