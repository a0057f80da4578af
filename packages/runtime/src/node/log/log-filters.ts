import { BadArgumentError } from '../../terms/errors';
import type { LogRecord } from './log-record';

/**
 * Looks at each record before it is written. OTP: a primary filter.
 * @returns the record, as it is or another in its place; `'stop'` if it is not to be written; `'ignore'` if the filter
 * has nothing to say
 */
export type LogFilter = (record: LogRecord) => LogRecord | 'stop' | 'ignore';

/** The filters of a node, in the order added. One that raises an error is taken out, as in OTP. */
export class LogFilters {
  private readonly filters = new Map<string, LogFilter>();

  /** @param failed hears of a filter that is taken out */
  constructor(private readonly failed: (id: string, error: unknown) => void) {}

  add(id: unknown, filter: unknown): void {
    const call = 'addFilter';
    if (typeof id !== 'string' || id === '')
      throw new BadArgumentError({ call, expected: 'an id: a string that is not empty', got: id });
    if (this.filters.has(id))
      throw new BadArgumentError({ call, expected: 'an id that no filter has', got: id });
    if (typeof filter !== 'function')
      throw new BadArgumentError({ call, expected: 'a function', got: filter });
    this.filters.set(id, filter as LogFilter);
  }

  /** @returns whether there was one */
  remove(id: string): boolean {
    return this.filters.delete(id);
  }

  /** @returns what is to be written, if anything is */
  apply(record: LogRecord): LogRecord | null {
    let passed = record;
    for (const [id, filter] of this.filters) {
      const result = this.ask(id, filter, passed);
      if (result === 'stop') return null;
      passed = result;
    }
    return passed;
  }

  private ask(id: string, filter: LogFilter, record: LogRecord): LogRecord | 'stop' {
    try {
      const result: unknown = filter(record);
      if (result === 'ignore') return record;
      if (result === 'stop' || isRecord(result)) return result;
      const expected = "a record, 'stop' or 'ignore'";
      throw new BadArgumentError({ call: `log filter '${id}'`, expected, got: result });
    } catch (error) {
      this.filters.delete(id);
      this.failed(id, error);
      return record;
    }
  }
}

function isRecord(value: unknown): value is LogRecord {
  return typeof value === 'object' && value !== null && typeof (value as LogRecord).text === 'string';
}
