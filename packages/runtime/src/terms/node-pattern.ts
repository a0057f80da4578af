import { z } from '#zod';
import { isNodeName } from './node-name';

/** What a node name is made of, in order; in brackets are the parts of an IPv6 host before its first and second colon. */
type Part = 'start' | 'short' | 'at' | 'host' | 'bracket' | 'colon' | 'address' | 'closed';

const steps: Readonly<Record<Part, readonly (readonly [RegExp, Part])[]>> = {
  start: [[/[A-Za-z0-9_]/, 'short']],
  short: [
    [/[A-Za-z0-9_.-]/, 'short'],
    [/@/, 'at'],
  ],
  at: [
    [/[A-Za-z0-9_.-]/, 'host'],
    [/\[/, 'bracket'],
  ],
  host: [[/[A-Za-z0-9_.-]/, 'host']],
  bracket: [
    [/[0-9A-Fa-f.]/, 'bracket'],
    [/:/, 'colon'],
  ],
  colon: [
    [/[0-9A-Fa-f.]/, 'colon'],
    [/:/, 'address'],
  ],
  address: [
    [/[0-9A-Fa-f.:]/, 'address'],
    [/\]/, 'closed'],
  ],
  closed: [],
};

/** Tells whether there is a node name that fits a pattern, in which `*` stands for any text. */
export function fitsSomeNode(pattern: unknown): pattern is string {
  if (typeof pattern !== 'string' || pattern.length > 255) return false;
  let parts = new Set<Part>(['start']);
  for (const character of pattern) parts = character === '*' ? withLater(parts) : next(parts, character);
  return parts.has('host') || parts.has('closed');
}

function next(parts: ReadonlySet<Part>, character: string): Set<Part> {
  const followers = [...parts].flatMap((part) => steps[part]);
  return new Set(followers.flatMap(([accepted, part]) => (accepted.test(character) ? part : [])));
}

/** The parts that any text leads to: a set takes in what is added while one goes through it. */
function withLater(parts: ReadonlySet<Part>): Set<Part> {
  const all = new Set(parts);
  for (const part of all) for (const [, later] of steps[part]) all.add(later);
  return all;
}

export const nodePatternSchema = z.custom<string>(
  (value) => isNodeName(value) || fitsSomeNode(value),
  "a node name, or a pattern that one can fit, such as 'ops@*'",
);
