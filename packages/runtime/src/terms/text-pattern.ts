/** Tells whether a text fits one of some patterns. */
export type TextTest = (text: string) => boolean;

/** @param patterns one, or several; `*` stands for any text */
export function textTest(patterns: string | readonly string[]): TextTest {
  const pieces = [patterns].flat().map((pattern) => pattern.split('*'));
  return (text) => pieces.some((pattern) => fits(text, pattern));
}

/** Whether a text has the pieces in their order. Not by an expression: the text is a stranger's, and so is its length. */
function fits(text: string, [first = '', ...others]: readonly string[]): boolean {
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of others) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
