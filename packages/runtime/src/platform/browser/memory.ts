/** Gives memory back at once, where that is possible: here the garbage collector does, in its time. */
export function release(bytes: Uint8Array): void {
  return;
}
