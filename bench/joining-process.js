'use strict';
// JavaScript that uses the package as it is published, whose path it gets: what is measured is a start, not the compiler.
const { silentLogger, startNode } = require(process.argv[2]);

const pollMs = 5;

/** Starts a node, connects it to the first one as soon as that is there, and waits until all have joined. */
async function join(name, { hidden, first, connections, cookie, mapperPort }) {
  const node = await startNode({ name, hidden, cookie, mapperPort, logger: silentLogger });
  while (!(await node.connect(first))) await new Promise((resolve) => setTimeout(resolve, pollMs));
  await new Promise((resolve) => {
    const look = () => {
      if (node.list('connected').length >= connections) resolve();
    };
    node.events.on('nodeup', look);
    look();
  });
}

process.once('message', (joining) => {
  void Promise.all(joining.names.map((name) => join(name, joining))).then(() => process.send('joined'));
});
process.once('disconnect', () => process.exit());
