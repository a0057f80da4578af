export * from './everywhere';

// A node, and what it is started with
export { startNode } from './start-node';
export type { TlsOptions } from './node/options/tls-options';
export type { DialOptions, Listener, ListenOptions, Socket } from './distribution/socket/transport';
export type { SocketAddress, Transport } from './distribution/socket/transport';
export type { Resolve } from './distribution/kernel/whereabouts';
export { readConfig, type NodeConfig } from './distribution/boot/config-file';

// The shell
export { startShell } from './start-shell';
export type { ShellOptions } from './shell/shell-options';

// Errors
export { NodeNameTakenError, PortMapperError } from './distribution/port-mapper/mapper-error';
