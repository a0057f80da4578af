import type { SetCookieOptions } from '../../node/options/cookie-options';
import type { Clock } from '../../terms/clock';
import { BadArgumentError } from '../../terms/errors';
import type { NodeName } from '../../terms/node-name';
import type { Cookie } from './cookie';
import { maxProofs } from './handshake-message';

/** A cookie that is good until a time of the node's clock. */
interface Dated {
  readonly cookie: Cookie;
  readonly until: number;
}

/**
 * The cookies of a node: for each peer the one it uses, first, and those it still takes. A cookie whose time is over is
 * forgotten when the next one is looked for. OTP: `erlang:set_cookie/1,2`, which knows one for each peer.
 */
export class CookieJar {
  private common: readonly Dated[];
  private readonly own = new Map<NodeName, readonly Dated[]>();

  /** @param cookies the one in use, and those that are taken too, until there is a new one */
  constructor(
    private readonly clock: Clock,
    cookies: readonly Cookie[],
  ) {
    this.common = cookies.map((cookie) => ({ cookie, until: Infinity }));
  }

  /** The cookies for a node, or for those that have none of their own; the one in use comes first. */
  of(node?: NodeName): readonly Cookie[] {
    return this.datedOf(node).map(({ cookie }) => cookie);
  }

  /** Every cookie that is good for some node. */
  all(): readonly Cookie[] {
    const own = [...this.own.keys()].flatMap((node) => this.datedOf(node));
    return [...this.datedOf(undefined), ...own].map(({ cookie }) => cookie);
  }

  /**
   * From now on `cookie` is used; those so far are good for some time more, if they would have been.
   * @throws BadArgumentError if there would be too many
   */
  set(cookie: Cookie, { node, acceptOldForMs = 0 }: SetCookieOptions): void {
    const end = this.clock.now() + acceptOldForMs;
    const old = this.datedOf(node)
      .filter((other) => acceptOldForMs > 0 && other.cookie.reveal() !== cookie.reveal())
      .map((other) => ({ cookie: other.cookie, until: Math.min(other.until, end) }));
    if (old.length >= maxProofs) {
      const expected = `at most ${String(maxProofs)} cookies that are good at one time`;
      throw new BadArgumentError({ call: 'setCookie', expected, got: old.length + 1 });
    }
    const cookies = [{ cookie, until: Infinity }, ...old];
    if (node === undefined) this.common = cookies;
    else this.own.set(node, cookies);
  }

  private datedOf(node: NodeName | undefined): readonly Dated[] {
    const now = this.clock.now();
    const good = ({ until }: Dated): boolean => until > now;
    const own = node === undefined ? undefined : this.own.get(node)?.filter(good);
    if (node !== undefined && own !== undefined) {
      this.own.set(node, own);
      return own;
    }
    return (this.common = this.common.filter(good));
  }
}
