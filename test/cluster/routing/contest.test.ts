import { EqualContest, WeightedContest, type Contest } from '../../../packages/cluster/src/routing/contest';

/** Names that draw the same for every key: two that are one. */
const same = ['a@h', 'a@h', 'a@h'];

it.each<[string, Contest]>([
  ['equal chances', new EqualContest(same)],
  ['equal weights', new WeightedContest(same, [2, 2, 2])],
])('of members that draw the same the first on the list is the best, by %s', (_what, contest) => {
  expect([contest.winner(4_711), contest.ranking(4_711)]).toEqual([0, [0, 1, 2]]);
});

it.each<[string, (members: readonly string[]) => Contest]>([
  ['equal chances', (members) => new EqualContest(members)],
  [
    'weights',
    (members) =>
      new WeightedContest(
        members,
        members.map((_member, i) => i + 1),
      ),
  ],
])('the winner is the first of the ranking, by %s', (_what, contestOf) => {
  const contest = contestOf(['a@h', 'b@h', 'c@h', 'd@h']);
  for (let hash = 0; hash < 1_000; hash++) expect(contest.winner(hash)).toBe(contest.ranking(hash)[0]);
  expect(contestOf([]).ranking(1)).toStrictEqual([]);
});
