// The five nodes alone, until Ctrl-C: `npm run cluster`. In a second terminal: `npm run shell`.
import { Instances } from './instances';
import { askedToStop } from './stop-signals';

async function main(): Promise<void> {
  const instances = new Instances((line) => {
    console.log(line);
  });
  const asked = askedToStop(instances);
  try {
    await Promise.race([instances.startAll(), asked]);
    await asked;
  } finally {
    await instances.stop();
  }
}

main().catch((error: unknown) => {
  console.error(String(error));
  process.exitCode = 1;
});
