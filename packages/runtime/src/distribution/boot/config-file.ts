import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { z } from '#zod';
import { applicationConfigSchema, type ApplicationConfig } from '../../terms/application-config';
import { isDuration } from '../../terms/duration';
import { BadArgumentError } from '../../terms/errors';
import { checkOptions } from '../../terms/options';
import { nodeNames, type SyncNodesOptions } from './sync-nodes';

/** The contents of a config file, checked: what a node does at boot. OTP: `sys.config`. */
export interface NodeConfig {
  /** The nodes to wait for, for `syncNodes`; none unless the file names some. */
  readonly syncNodes: SyncNodesOptions;
  /** Values for the env of applications, by their names: for `startNode`. */
  readonly applications: ApplicationConfig;
}

const timeout = z.preprocess(
  // JSON has no Infinity.
  (value) => (value === 'infinity' ? Infinity : value),
  z.custom<number>(isDuration, "milliseconds, 0 or more, or 'infinity'"),
);

const schema = z.strictObject({
  kernel: z
    .strictObject({
      syncNodesMandatory: nodeNames.default([]),
      syncNodesOptional: nodeNames.default([]),
      syncNodesTimeoutMs: timeout.default(5_000),
    })
    .prefault({}),
  applications: applicationConfigSchema.default({}),
});

/**
 * Reads a config file, `trestle.config.json` say:
 * `{ "kernel": { "syncNodesOptional": ["n1@127.0.0.1"], "syncNodesMandatory": [], "syncNodesTimeoutMs": 5000 } }`.
 * and, for the env of applications, `"applications": { "shop": { "limit": 5 } }`.
 * A `.js` or `.ts` file exports the same object (as its default, or as its module; `.ts` where the program runs
 * TypeScript). OTP: `erl -config sys.config`.
 * @param file its path, from the working directory
 * @returns its contents; the timeout is 5,000 ms unless it says otherwise
 * @throws BadArgumentError that names the file, what was expected in it and what is there
 */
export async function readConfig(file: string): Promise<NodeConfig> {
  const { kernel, applications } = checkOptions(`config ${file}`, schema, await load(file));
  return {
    syncNodes: {
      mandatory: kernel.syncNodesMandatory,
      optional: kernel.syncNodesOptional,
      timeoutMs: kernel.syncNodesTimeoutMs,
    },
    applications,
  };
}

async function load(file: string): Promise<unknown> {
  const expected = extname(file) === '.json' ? 'a file with JSON' : 'a module that exports an object';
  try {
    return extname(file) === '.json' ? JSON.parse(await readFile(file, 'utf8')) : await importConfig(file);
  } catch (error) {
    const text = (error as Partial<Error> | null)?.message ?? String(error);
    // Node adds who required a module that is missing: that was this file.
    const why = text.replace(/\nRequire stack:[^]*/, '');
    throw new BadArgumentError({ call: 'config', expected: `${expected} (${why})`, got: file });
  }
}

async function importConfig(file: string): Promise<unknown> {
  const module = (await import(resolve(file))) as { default?: unknown };
  const exported = module.default ?? module;
  // A CommonJS module that was compiled from `export default` comes wrapped twice.
  return (exported as { default?: unknown }).default ?? exported;
}
