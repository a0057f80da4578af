/** Cuts what arrives from a socket into lines. */
export class LineSplitter {
  private rest = '';

  constructor(private readonly maxLength: number) {}

  /** The lines that `chunk` completes; `undefined` once a line is longer than it may be. */
  push(chunk: string): readonly string[] | undefined {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    return [...lines, this.rest].some((line) => line.length > this.maxLength) ? undefined : lines;
  }
}
