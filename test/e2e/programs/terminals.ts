// What the terminals of "Intro to Distributed Elixir" expose: the function that is spawned has a name here.
import type { Node } from '@trestle/runtime';

export default ({ node }: { node: Node }): void => {
  node.expose('Terminal', {
    printNode: () => {
      console.log(`here I am: ${node.name}`);
    },
  });
};
