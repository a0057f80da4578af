/** What `readline` asks of a completer: the candidates, and the part of the line they replace. */
export type Completions = [candidates: string[], part: string];

/** The quoted text that the end of a line is in the middle of; `undefined` if it is in none. */
export function openQuote(line: string): string | undefined {
  let quote = '';
  let start = 0;
  for (let i = 0; i < line.length; i++) {
    const character = line.charAt(i);
    if (character === '\\') i++;
    else if (quote === '' && /['"`]/.test(character)) {
      quote = character;
      start = i + 1;
    } else if (character === quote) quote = '';
  }
  return quote === '' ? undefined : line.slice(start);
}

/** The node names that a quoted text may become. */
export function nodeNameCompletions(quoted: string, names: Iterable<string>): Completions {
  const candidates = [...new Set(names)].filter((name) => name.startsWith(quoted)).sort();
  return [candidates, quoted];
}
