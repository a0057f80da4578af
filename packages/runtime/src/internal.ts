// What the sibling packages and the tests may use besides the public door: for nobody else, and free to change.
export { z } from '#zod';
export { backOffMs, backOffSchema, defaultBackOff } from './terms/back-off';
export { isDuration } from './terms/duration';
export { functionSchema, nodeNameSchema, objectWith, textSchema } from './terms/option-schemas';
export { checkOptions, problemOf } from './terms/options';
export { shown } from './terms/shown';
export { refuseCall, refuseCast } from './behaviours/gen-server/refused-request';
export { attachedTo } from './node/attached';
export { DrainHolds } from './node/drain-holds';
export { Inflow } from './node/signals/inflow';
export { LocalNode } from './node/local-node';
export { systemClock } from './node/system/system-clock';
export { systemRandom } from './node/system/system-random';
export { defaultCallTimeoutMs } from './node/calls/gen';
export { describeCall } from './node/calls/pending-call';
export { AheadEncoder } from './distribution/wire/ahead-encoder';
export { EncodedValue } from './distribution/wire/encoded-value';
export { checkSendable } from './distribution/wire/sendable';
