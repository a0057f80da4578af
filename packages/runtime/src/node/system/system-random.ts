import { randomBytes } from '#platform/crypto';
import type { Random } from '../../terms/clock';

/** The platform's chance; the bytes are fit for secrets. */
export const systemRandom: Random = {
  float: () => Math.random(),
  bytes: (length) => randomBytes(length),
};
