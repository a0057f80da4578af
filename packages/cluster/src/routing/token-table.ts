import type { NodeName } from '@trestle/runtime';
import type { Holdings } from './token-plan';

/** The tokens of all members, in their order, as runs: `0-199,350-399;200-349`. */
export function holdingsText(members: readonly NodeName[], holdings: Holdings): string {
  return members.map((member) => runsOf(holdings.get(member) ?? [])).join(';');
}

/** @returns `undefined` unless the text gives every token to one of the members */
export function parseHoldings(
  text: string,
  members: readonly NodeName[],
  count: number,
): Holdings | undefined {
  const lists = members.length === 0 ? [] : text.split(';').map((runs) => tokensOf(runs, count));
  if (lists.length !== members.length) return undefined;
  const all = lists.flat();
  const isWhole = members.length === 0 || (all.length === count && new Set(all).size === count);
  return isWhole ? new Map(members.map((member, i) => [member, lists[i] ?? []])) : undefined;
}

function runsOf(tokens: readonly number[]): string {
  const runs: { readonly from: number; to: number }[] = [];
  for (const token of tokens) {
    const last = runs.at(-1);
    if (last?.to === token - 1) last.to = token;
    else runs.push({ from: token, to: token });
  }
  return runs.map(({ from, to }) => (from === to ? String(from) : `${String(from)}-${String(to)}`)).join(',');
}

function tokensOf(runs: string, count: number): number[] {
  return runs.split(',').flatMap((run) => {
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(run) ?? [];
    const [first, last] = [Number(from), Number(to)];
    // What is no run of tokens is no tokens, as of a member that has none: if some are missing, the whole is refused.
    return first <= last && last < count ? Array.from({ length: last - first + 1 }, (_, i) => first + i) : [];
  });
}
