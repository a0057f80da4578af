import { UnsendableError } from '../../terms/errors';
import { show } from '../../terms/show';

/** One step from a value to one inside it. */
export type PathStep =
  | { readonly key: string }
  | { readonly index: number }
  | { readonly entry: unknown }
  | { readonly keyAt: number }
  | { readonly elementAt: number };

/** A longer path is cut: its beginning says where to look. */
const maxPathLength = 240;

/**
 * Thrown where a value is found that cannot travel, and caught once more by every value around it, each of which adds
 * its step: so the path costs nothing as long as nothing is refused.
 */
export class Refusal {
  /** From the inside out. */
  private readonly trail: { readonly container: object; readonly step: PathStep }[] = [];

  constructor(
    private readonly what: string,
    /** What it is about; too deep is, most often, a value that contains itself. */
    private readonly about: 'part' | 'depth' | 'whole' = 'part',
  ) {}

  /** The refusal that was thrown; any other error is one of the user's getters or proxies. */
  static of(thrown: unknown): Refusal {
    if (thrown instanceof Refusal) return thrown;
    return new Refusal(
      `a value that cannot be read (${thrown instanceof Error ? thrown.message : show(thrown)})`,
    );
  }

  /** Adds the step that led from `container` to the refused value. */
  within(container: object, step: PathStep): this {
    this.trail.push({ container, step });
    return this;
  }

  /** What the sender is told. `root` is what the whole value is called. */
  toError(root: string): UnsendableError {
    if (this.about === 'whole') return new UnsendableError(root, this.what);
    const trail = [...this.trail].reverse();
    const seen = new Set<object>();
    const again = trail.findIndex(({ container }) => seen.size === seen.add(container).size);
    const itself = this.about === 'depth' && again !== -1;
    const steps = (itself ? trail.slice(0, again) : trail).map(({ step }) => step);
    return new UnsendableError(formatPath(root, steps), itself ? 'a value that contains itself' : this.what);
  }
}

/** The path of a value, in JavaScript's words: `message.user.callbacks[0]`, `message.table.get("key")`. */
function formatPath(root: string, steps: readonly PathStep[]): string {
  const path = steps.reduce(formatStep, root);
  return path.length <= maxPathLength ? path : `${path.slice(0, maxPathLength)}...`;
}

function formatStep(path: string, step: PathStep): string {
  if ('key' in step) {
    return /^[A-Za-z_$][\w$]*$/.test(step.key)
      ? `${path}.${step.key}`
      : `${path}[${JSON.stringify(step.key)}]`;
  }
  if ('index' in step) return `${path}[${String(step.index)}]`;
  if ('keyAt' in step) return `[...${path}.keys()][${String(step.keyAt)}]`;
  if ('elementAt' in step) return `[...${path}][${String(step.elementAt)}]`;
  return `${path}.get(${typeof step.entry === 'string' ? JSON.stringify(step.entry) : show(step.entry)})`;
}
