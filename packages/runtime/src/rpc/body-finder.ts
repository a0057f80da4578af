import { nodeOfPid } from '../terms/pid';
import type { LocalNode } from '../node/local-node';
import { verbOf, type FindBody } from '../node/spawn/spawn-performer';
import { runs } from './body';
import type { ExposedModules } from './exposed';

/** Finds what a process that somebody asks for by a signal is to execute. */
export function bodyFinder(local: LocalNode, modules: ExposedModules): FindBody {
  return (request) => {
    const { code, args, from } = request;
    if ('here' in code) return (self) => code.here(self as never, ...(args as never[]));
    if ('source' in code) {
      const fn = local.foreignFunctions.take(verbOf(request), code.source);
      return (self) => fn(self as never, ...(args as never[]));
    }
    const fn = modules.find(verbOf(request), code.module, code.fn, nodeOfPid(from));
    return (self) => runs(fn, self, args);
  };
}
