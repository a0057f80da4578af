import type { NodeName } from '@trestle/runtime';

/** The tokens of each member, in the order in which it got them: what came last is given away first. */
export type Holdings = ReadonlyMap<NodeName, readonly number[]>;

/** The first distribution: a block for each member, in their order. */
export function dealTokens(members: readonly NodeName[], count: number): Holdings {
  const tokens = Array.from({ length: count }, (_, token) => token);
  const wanted = fairShares(
    members.map(() => 0),
    count,
  );
  return new Map(members.map((member, i) => [member, tokens.splice(0, wanted[i])]));
}

/** The distribution for other members: leavers first, then joiners, each in the order of their names. */
export function moveTokens(before: Holdings, members: readonly NodeName[], count: number): Holdings {
  const joiners = members.filter((member) => !before.has(member));
  if (joiners.length === members.length) return dealTokens(members, count);
  let holdings = before;
  for (const leaver of before.keys()) {
    if (!members.includes(leaver)) holdings = leave(holdings, leaver, count);
  }
  for (const joiner of joiners) holdings = join(holdings, joiner, count);
  return inOrder(holdings, members);
}

function leave(before: Holdings, leaver: NodeName, count: number): Holdings {
  const shared = [...(before.get(leaver) ?? [])];
  const stayers = [...before].filter(([member]) => member !== leaver);
  const wanted = fairShares(
    stayers.map(([, tokens]) => tokens.length),
    count,
  );
  const after = stayers.map(([member, tokens], i) => ({
    member,
    tokens,
    more: (wanted[i] ?? 0) - tokens.length,
  }));
  // The last member first: so those who come back take from each what it got from them, whoever they are.
  const chunks = after
    .toReversed()
    .map(({ member, tokens, more }) => [member, [...tokens, ...shared.splice(0, more)]] as const);
  return new Map(chunks.toReversed());
}

function join(before: Holdings, joiner: NodeName, count: number): Holdings {
  const members = [...before];
  const sizes = members.map(([, tokens]) => tokens.length);
  const toll = Math.floor(count / (members.length + 1));
  const wanted = fairShares(sizes, count - toll);
  const kept = members.map(([member, tokens], i) => [member, tokens.slice(0, wanted[i])] as const);
  const paid = members.map(([, tokens], i) => tokens.slice(wanted[i])).toReversed();
  return new Map([...kept, [joiner, paid.flat()]]);
}

/** As equal as can be; where one must have more than another, those who have more have it. */
function fairShares(sizes: readonly number[], count: number): number[] {
  const each = Math.floor(count / sizes.length);
  const places = sizes.map((_size, i) => i).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b);
  const lucky = new Set(places.slice(0, count % sizes.length));
  return sizes.map((_size, i) => each + (lucky.has(i) ? 1 : 0));
}

function inOrder(holdings: Holdings, members: readonly NodeName[]): Holdings {
  return new Map(members.map((member) => [member, holdings.get(member) ?? []]));
}
