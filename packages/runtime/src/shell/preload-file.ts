import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { errorText, sourcePlaceIn } from './prompt/error-text';
import { loadModule } from './commands/load-module';
import type { Bindings } from './shell-bindings';

const names = ['.trestle.ts', '.trestle.js'];

/** The preload file: of the working directory, else of the user. OTP: `.iex.exs`. */
export function findPreload(): string | undefined {
  return [process.cwd(), homedir()]
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

/**
 * Loads a preload file: what it exports by name becomes bindings, and what its default export, a function, returns.
 * @param bindings what the function gets
 * @throws PreloadError that says where
 */
export async function loadPreload(file: string, bindings: Bindings): Promise<Bindings> {
  try {
    const { default: extend, __esModule: _, ...exported } = await loadModule(file);
    if (typeof extend !== 'function') return exported;
    const more: unknown = await (extend as (bindings: Bindings) => unknown)({ ...bindings, ...exported });
    return { ...exported, ...(more as Bindings | undefined) };
  } catch (error) {
    throw new PreloadError(file, error);
  }
}

/** A preload file did not load. */
class PreloadError extends Error {
  constructor(file: string, cause: unknown) {
    super(`${sourcePlaceIn(resolve(file), cause) ?? file}: ${errorText(cause)}`, { cause });
  }
}
