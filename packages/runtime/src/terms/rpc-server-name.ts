/** The name of the server on every node that executes functions for others. OTP: `rex`. */
export const rpcServerName = 'rpc';
