import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const isElsewhere = /^[a-z]+:/;

/** The links of a page that lead to a file that is not there, or to a heading that its page does not have. */
export function deadLinks(page: string): string[] {
  const links = Array.from(proseOf(page).matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link!);
  return links.filter((link) => !isElsewhere.test(link) && !leadsSomewhere(page, link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  return existsSync(target) && (heading === undefined || headingsOf(target).includes(heading));
}

/** The headings of a page, as links name them: all, or those of one level. */
export function headingsOf(page: string, level?: number): string[] {
  const marks = level === undefined ? '#+' : '#'.repeat(level);
  return Array.from(proseOf(page).matchAll(new RegExp(`^${marks} (.*)$`, 'gm')), ([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** A page without its programs. */
function proseOf(page: string): string {
  return readFileSync(page, 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
}
