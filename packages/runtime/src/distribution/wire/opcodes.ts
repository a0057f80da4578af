/** The first element of every signal on the wire. A number once given is never given another meaning. */
export const opcode = {
  message: 1,
  cast: 2,
  call: 3,
  reply: 4,
  callFailed: 5,
  cancelCall: 6,
  portReply: 7,
  link: 8,
  unlink: 9,
  exit: 10,
  linkExit: 11,
  monitor: 12,
  demonitor: 13,
  down: 14,
  nodes: 15,
  tick: 16,
  tock: 17,
  bye: 18,
  aliasMessage: 19,
  fragment: 20,
  leaving: 21,
  spawnRequest: 22,
  spawnReply: 23,
  pulse: 24,
  departed: 25,
} as const;

/** How a failed call failed, on the wire. */
export const failureCode = {
  noproc: 0,
  exit: 1,
  nodedown: 2,
  badReply: 3,
  notServer: 4,
  mailboxFull: 5,
} as const;
