// The five nodes alone, until Ctrl-C: `npm run cluster`, `npm run cluster 2 tokens`. In a second terminal: `npm run shell`.
import { cacheOptionsOf } from './cluster-config';
import { Instances } from './instances';
import { askedToStop } from './stop-signals';

async function main(phase: readonly string[]): Promise<void> {
  cacheOptionsOf(phase);
  const instances = new Instances((line) => {
    console.log(line);
  }, phase);
  const asked = askedToStop(instances);
  try {
    await Promise.race([instances.startAll(), asked]);
    await asked;
  } finally {
    await instances.stop();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(String(error));
  process.exitCode = 1;
});
