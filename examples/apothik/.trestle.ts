// Loaded by every shell that is opened here: `Master` and `phash2` are at its prompt. The article's `.iex.exs`.
import { phash2 } from '@trestle/cluster';
import type { Rpc } from '@trestle/runtime';
import { masterOf } from './master';

export default ({ rpc }: { rpc: Rpc }) => ({ Master: masterOf(rpc), phash2 });
