'use strict';
// JavaScript that uses the package as it is published, whose path it gets: it is as large as a user's when it is killed.
const { createServer } = require('node:net');
const { GenServer, localName, reply, silentLogger, startNode } = require(process.argv[2]);

class Server extends GenServer {
  handleCall(request) {
    return reply(request, request.n);
  }
}

/** Starts a node with a server, and a bare socket server, whose port it tells. */
async function serve({ name, cookie, mapperPort, server }) {
  const node = await startNode({ name, cookie, mapperPort, logger: silentLogger });
  await node.start(Server, { name: localName(server) });
  const bare = createServer((socket) => socket.on('error', () => undefined));
  bare.listen(0, '127.0.0.1', () => process.send(bare.address().port));
}

process.once('message', (serving) => void serve(serving));
process.once('disconnect', () => process.exit());
