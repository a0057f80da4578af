// Loaded by every shell that is opened here: `Master` is at its prompt. The article's `.iex.exs`.
import type { Rpc } from '@trestle/runtime';
import { masterOf } from './master';

export default ({ rpc }: { rpc: Rpc }) => ({ Master: masterOf(rpc) });
