import { continueWith, ignore, noReply, reply, ReplyPort, replyPort, stop } from '../behaviours/call-result';
import { GenServer } from '../behaviours/gen-server';
import { stopServer } from '../behaviours/stop-request';
import { Process } from '../node/process';
import { localName, LocalName } from '../terms/address';
import { From } from '../terms/from';
import { isNodeName } from '../terms/node-name';
import { isPid, nodeOfPid } from '../terms/pid';
import { isRef } from '../terms/ref';

/** What a program imports from the package, and the prompt has without an import. */
export const publicWords = {
  GenServer,
  continueWith,
  ignore,
  noReply,
  reply,
  ReplyPort,
  replyPort,
  stop,
  stopServer,
  Process,
  localName,
  LocalName,
  From,
  isNodeName,
  isPid,
  nodeOfPid,
  isRef,
};
