import { forAllSeeds, type Simulation } from '@trestle/runtime/testing';

describe('a property for all seeds', () => {
  const env = process.env;
  beforeEach(() => {
    process.env = { ...env };
    delete process.env.SEED;
    delete process.env.SEEDS;
  });
  afterEach(() => void (process.env = env));

  const seedsOf = async (options?: Parameters<typeof forAllSeeds>[2]): Promise<number[]> => {
    const seeds: number[] = [];
    await forAllSeeds('anything', ({ seed }) => seeds.push(seed), options);
    return seeds;
  };

  it('is tried with 200 seeds, or as many as are asked for', async () => {
    expect(await seedsOf()).toEqual(Array.from({ length: 200 }, (_, seed) => seed));
    expect(await seedsOf({ seeds: 3, first: 10 })).toEqual([10, 11, 12]);
  });

  it('is tried with as many seeds as the environment says, or with one', async () => {
    process.env.SEEDS = '2';
    expect(await seedsOf({ seeds: 3 })).toEqual([0, 1]);
    process.env.SEED = '17';
    expect(await seedsOf({ seeds: 3 })).toEqual([17]);
    process.env.SEED = 'x';
    await expect(seedsOf()).rejects.toThrow("expected SEED to be a whole number, 0 or more, got 'x'");
  });

  it('fails with the first seed that fails, the error, and what happened', async () => {
    const scenario = async (sim: Simulation): Promise<void> => {
      await sim.startNodes(2);
      await sim.crash('n1');
      if (sim.seed === 5) throw new RangeError('too far');
    };
    const failure = await forAllSeeds('nothing goes too far', scenario).catch(
      (error: unknown) => error as Error,
    );
    expect(failure).toMatchObject({ code: 'ERR_EXPECTATION', cause: expect.any(RangeError) });
    expect((failure as Error).message).toMatch(
      /^nothing goes too far: it fails with seed 5 \(SEED=5 tries it again\)\ntoo far\nwhat happened:\n {2}0.0 ms: n1@sim starts\n(.*\n)*.*n1@sim crashes$/,
    );
  });

  it('lets time go by while its scenario waits', async () => {
    const times: number[] = [];
    await forAllSeeds(
      'time goes by',
      async (sim) => {
        const [a, b] = await sim.startNodes(2);
        await a!.disconnect(b!.name);
        expect(await a!.connect(b!.name)).toBe(true);
        await new Promise((resolve) => a!.clock.setTimer(() => resolve(undefined), 60_000));
        times.push(sim.clock.now());
      },
      { seeds: 1, simulation: { latencyMs: 5 } },
    );
    expect(times[0]).toBeGreaterThan(60_000);
  });

  it('fails when something is left, or a scenario waits for nothing', async () => {
    const leaking = forAllSeeds('clean', async (sim) => {
      const node = await sim.start('a');
      const again = (): void => void sim.clock.setTimer(again, 1_000_000);
      again();
      node.log.info('left');
    });
    await expect(leaking).rejects.toThrow(/1 timer still runs/);
    await expect(forAllSeeds('it ends', () => new Promise(() => {}))).rejects.toThrow(/no timer will bring/);
  });

  it('refuses what is no claim, no scenario and no number', async () => {
    await expect(forAllSeeds('', () => {})).rejects.toThrow(/claim/);
    await expect(forAllSeeds('x', 5 as never)).rejects.toThrow(/scenario to be a function/);
    await expect(forAllSeeds('x', () => {}, { seeds: -1 })).rejects.toThrow(/seeds to be a whole number/);
  });

  it('refuses to try no seed at all, which would hold whatever the claim is', async () => {
    await expect(forAllSeeds('x', () => {}, { seeds: 0 })).rejects.toThrow(
      'seeds to be a whole number, 1 or more',
    );
    process.env.SEEDS = '0';
    await expect(forAllSeeds('x', () => {})).rejects.toThrow(
      "SEEDS to be a whole number, 1 or more, got '0'",
    );
    delete process.env.SEEDS;
    process.env.SEED = 'seven';
    await expect(forAllSeeds('x', () => {})).rejects.toThrow(
      "SEED to be a whole number, 0 or more, got 'seven'",
    );
  });
});
