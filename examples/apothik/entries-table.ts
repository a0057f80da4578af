// The entries of each node, and their sum, as a table.
import Table from 'cli-table3';
import { instanceNumbers, nodeName } from './cluster-config';

export function entriesTable(entries: readonly number[]): string {
  const table = new Table({
    head: ['node', 'entries'],
    colAligns: ['left', 'right'],
    style: process.stdout.isTTY ? {} : { head: [], border: [] },
  });
  instanceNumbers.forEach((number, index) => table.push([nodeName(number), entries[index] ?? 0]));
  table.push(['sum', entries.reduce((sum, count) => sum + count, 0)]);
  return table.toString();
}
