import { z } from '#zod';

/** What a peer of the port mapper can push against. */
export const mapperLimits = {
  /** The longest line a mapper reads. A registration takes about 320 bytes at most. */
  maxRequestBytes: 1_024,
  /** The longest line a client reads: the list of all names. */
  maxAnswerBytes: 2 * 1024 * 1024,
  /** How many names one host may have. */
  maxNames: 4_096,
  /** How many connections a mapper keeps open; each registered node has one. */
  maxConnections: 8_192,
  /** How long a connection that registers nothing stays open, in ms. */
  idleMs: 5_000,
  /** How long a client waits for a connection, and for an answer, in ms. */
  answerMs: 2_000,
  /** The same of a node that starts, in ms: a node that serves and computes for long is no reason not to start. */
  registerMs: 10_000,
  /** How long after a take-over a name that is not known yet may still register again, in ms. */
  takeOverMs: 400,
  /** The same, in ms, of a mapper whose node has just started: it may have come into the middle of a take-over. */
  startMs: 100,
} as const;

const name = z.string().min(1).max(255);
const port = z.int().min(1).max(65_535);

const request = z.discriminatedUnion('type', [
  z.object({ type: z.literal('register'), name, port }),
  z.object({ type: z.literal('lookup'), name }),
  z.object({ type: z.literal('names') }),
]);

const answer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('registered') }),
  z.object({ type: z.literal('taken') }),
  /** Only processes of the host itself may register, and only so many. */
  z.object({ type: z.literal('refused') }),
  z.object({ type: z.literal('found'), port }),
  /** `settling`: the mapper has just taken over, and the name may still come. */
  z.object({ type: z.literal('unknown'), settling: z.boolean() }),
  z.object({ type: z.literal('names'), names: z.array(z.object({ name, port })) }),
]);

/** The word that begins every line: what listens on a port and answers otherwise is no port mapper. */
const greeting = 'trestle-mapper/1 ';

/** What a node asks a port mapper. */
export type MapperRequest = z.infer<typeof request>;
/** What a port mapper answers. */
export type MapperAnswer = z.infer<typeof answer>;

/** A message as the line that carries it. */
export function formatLine(message: MapperRequest | MapperAnswer): string {
  return `${greeting}${JSON.stringify(message)}\n`;
}

/** Reads a request; `undefined` if the line is none. */
export function parseRequest(line: string): MapperRequest | undefined {
  return request.safeParse(parseLine(line)).data;
}

/** Reads an answer; `undefined` if the line is none. */
export function parseAnswer(line: string): MapperAnswer | undefined {
  return answer.safeParse(parseLine(line)).data;
}

function parseLine(line: string): unknown {
  if (!line.startsWith(greeting)) return undefined;
  try {
    return JSON.parse(line.slice(greeting.length));
  } catch {
    return undefined;
  }
}
