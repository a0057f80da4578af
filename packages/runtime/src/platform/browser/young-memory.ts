/** New memory was handed to the program; what is to be done about it, a browser knows better. */
export function handedOut(_bytes: number): void {
  return;
}
