import { Session, type Runtime } from 'node:inspector';
import * as vm from 'node:vm';
import { asExpression } from './incomplete-code';

/** The error of a command that Ctrl-C, or the end of the shell's process, has stopped. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** How evaluated code and this file reach each other: a global that does not show. */
interface Box {
  value?: unknown;
  evaluate?: () => void;
  readonly import: unknown;
}

type Evaluated = Runtime.EvaluateReturnType;
const boxName = '__trestle';

/**
 * Evaluates what is typed the way the console of DevTools does: in the global scope, with top-level `await`, and with
 * `const` and `let` that may be declared again. So both see the same bindings.
 */
export class Evaluator {
  private readonly session = new Session();
  private readonly box: Box = { import: dynamicImport() };
  private readonly boxId: string;
  private readonly global = vm.runInThisContext('globalThis') as object;
  /** What a script runs can be interrupted, however long it runs; so it is a script that asks the inspector. */
  private readonly turn = new vm.Script(`${boxName}.evaluate()`, { filename: 'shell' });

  constructor() {
    this.session.connect();
    Object.defineProperty(this.global, boxName, { value: this.box, configurable: true });
    const evaluated = this.now('Runtime.evaluate', { expression: boxName }) as Evaluated;
    this.boxId = String(evaluated.result.objectId);
  }

  /**
   * Evaluates code.
   * @param name what stack traces call it
   * @param take gets its value; a promise stays one
   * @throws what the code throws; InterruptedError if Ctrl-C came while it ran
   */
  async evaluate(code: string, name: string, take: (value: unknown) => void): Promise<void> {
    const expression = `${withImports(asExpression(code))}\n//# sourceURL=${name}`;
    const { result, exceptionDetails } = await this.run(expression);
    const value = this.valueOf(exceptionDetails?.exception ?? result);
    this.session.post('Runtime.releaseObjectGroup', { objectGroup: boxName });
    if (exceptionDetails !== undefined) throw value;
    take(value);
  }

  close(): void {
    this.session.disconnect();
    Reflect.deleteProperty(this.global, boxName);
  }

  private run(expression: string): Promise<Evaluated> {
    return new Promise((resolve, reject) => {
      this.box.evaluate = () => {
        const parameters = { expression, replMode: true, objectGroup: boxName };
        this.session.post('Runtime.evaluate', parameters, (error: Error | null, evaluated: Evaluated) => {
          if (error === null) resolve(evaluated);
          else reject(interruptOr(error));
        });
      };
      try {
        this.turn.runInThisContext({ breakOnSigint: true });
      } catch (error) {
        reject(interruptOr(error as Error));
      }
    });
  }

  /** The value the inspector speaks of. */
  private valueOf({ objectId, unserializableValue, value }: Runtime.RemoteObject): unknown {
    const simple = unserializableValue === undefined ? { value: value as unknown } : { unserializableValue };
    const functionDeclaration = 'function (value) { this.value = value; }';
    this.now('Runtime.callFunctionOn', {
      objectId: this.boxId,
      functionDeclaration,
      arguments: [objectId === undefined ? simple : { objectId }],
    });
    const found = this.box.value;
    delete this.box.value;
    return found;
  }

  /** The inspector answers what needs no waiting before `post` returns. */
  private now(method: string, parameters: object): unknown {
    let answer: unknown;
    this.session.post(method, parameters, (error, result) => {
      answer = error ?? result;
    });
    return answer;
  }
}

/** Ctrl-C while code ran: depending on its version, Node.js or the inspector says so first. */
function interruptOr(error: Error & { code?: unknown }): Error {
  const isInterrupt =
    error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' || /was terminated$/.test(error.message);
  return isInterrupt ? new InterruptedError('interrupted') : error;
}

/** The inspector's code has no `import()` of its own; it gets that of a script in the working directory. */
function withImports(code: string): string {
  return code.replace(/(?<![\w$.'"`])import\s*\(/g, `${boxName}.import(`);
}

function dynamicImport(): unknown {
  // Node 20.12 is the first that has it: before it there is `require` only.
  const importModuleDynamically = (vm as Partial<typeof vm>).constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const options = importModuleDynamically === undefined ? {} : { importModuleDynamically };
  return new vm.Script('(specifier, options) => import(specifier, options)', options).runInThisContext();
}
