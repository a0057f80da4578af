import { TrestleError } from '../../terms/errors';

/** The port mapper of a host cannot do its part. */
export class PortMapperError extends TrestleError {
  readonly code = 'ERR_PORT_MAPPER';
}

/** Another node of this host has the name. OTP: `{already_started, _}` of `net_kernel:start`. */
export class NodeNameTakenError extends TrestleError {
  readonly code = 'ERR_NODE_NAME_TAKEN';

  constructor(name: string) {
    super(`startNode: the name ${name} is taken on this host`);
  }
}
