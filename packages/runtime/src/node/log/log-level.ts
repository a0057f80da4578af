/** How much a record matters, from the least to the most. OTP: `logger:level()`. */
export type LogLevel = 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | 'alert' | 'emergency';

/** From which level on records are written; `'all'` and `'none'` say what they mean. */
export type LogThreshold = LogLevel | 'all' | 'none';

/** Levels as numbers: a record is written if its number is not below the threshold's. */
export const rankOf: Readonly<Record<LogThreshold, number>> = {
  all: 0,
  debug: 0,
  info: 1,
  notice: 2,
  warning: 3,
  error: 4,
  critical: 5,
  alert: 6,
  emergency: 7,
  none: 8,
};

/** Tells whether a value says from which level on records are written. */
export function isLogThreshold(value: unknown): value is LogThreshold {
  return typeof value === 'string' && Object.hasOwn(rankOf, value);
}

/** What is expected where a level is wrong. */
export const expectedThreshold = `one of '${Object.keys(rankOf).join("', '")}'`;
