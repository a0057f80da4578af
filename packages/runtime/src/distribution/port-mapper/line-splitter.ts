/** Cuts what arrives from a socket into lines. */
export class LineSplitter {
  private rest = '';

  constructor(private readonly maxLength: number) {}

  /** The lines that `chunk` completes; `undefined` once a line is longer than it may be. */
  push(chunk: string): readonly string[] | undefined {
    const [first = '', ...more] = chunk.split('\n');
    const lines = [this.rest + first, ...more];
    this.rest = lines.pop() ?? '';
    return [...lines, this.rest].some((line) => line.length > this.maxLength) ? undefined : lines;
  }
}
