// Loaded by every shell that is opened here: `Master` and `phash2` are at its prompt. The article's `.iex.exs`.
import { phash2 } from '@trestle/cluster';
import type { Node, Rpc } from '@trestle/runtime';
import { withDownHint } from './down-hint';
import { masterOf } from './master';
import { watchRehydration } from './rehydration-bars';

export default ({ rpc, node }: { rpc: Rpc; node: Node }) => ({
  // `watch` shows in phase 3 how far a machine is that has come back.
  Master: withDownHint({ ...masterOf(rpc), watch: () => watchRehydration(node) }),
  phash2,
});
