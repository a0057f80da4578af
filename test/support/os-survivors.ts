import { readdirSync, readFileSync } from 'node:fs';

/**
 * The processes of this machine in whose environment a variable has a value, be they children of children.
 * @returns their pids; none where the system does not show environments (it does on Linux)
 */
export function processesWith(variable: string, value: string): number[] {
  const entry = `${variable}=${value}`;
  return processIds().filter((pid) => environmentOf(pid).split('\0').includes(entry));
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Of a process that ends meanwhile, or has ended, there is none. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'utf8');
  } catch {
    return '';
  }
}
