/** The name of the protocol that nodes speak, with its version: a WebSocket subprotocol. */
export const subprotocol = 'trestle.1';
