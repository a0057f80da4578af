import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Asked } from './cache';

// The library is no dependency: what it exports is looked up when it is there.
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment,
   @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return */

/** Measures Redis by ioredis, if both are installed. */
export async function measureRedis(value: string, run: (asked: Asked) => Promise<void>): Promise<void> {
  const Redis = await library();
  if (Redis === undefined) return;
  const home = mkdtempSync(join(tmpdir(), 'trestle-redis-'));
  const socket = join(home, 'port');
  const port = 20_000 + (process.pid % 20_000);
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--dir',
    home,
    '--pidfile',
    socket,
  ];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const hasFailed = new Promise<boolean>((resolve) => {
    server.once('error', () => {
      resolve(true);
    });
  });
  const redis = new Redis(port, '127.0.0.1', { enableAutoPipelining: true });
  redis.on('error', () => undefined);
  const isThere = new Promise<boolean>((resolve) => redis.once('ready', () => resolve(false)));
  if (await Promise.race([hasFailed, isThere])) {
    process.stderr.write('redis-server is not installed, so it is not measured\n');
  } else await run(askedOf(redis, value));
  redis.disconnect();
  server.kill();
  rmSync(home, { recursive: true, force: true });
}

function askedOf(redis: any, value: string): Asked {
  return {
    name: 'redis',
    get: (key) => redis.get(key),
    put: (key) => redis.set(key, value),
    getMany: (keys) => redis.mget(keys),
    putMany: (keys) => redis.mset(keys.flatMap((key) => [key, value])),
  };
}

async function library(): Promise<any> {
  const name: string = 'ioredis';
  try {
    return (await import(name)).Redis;
  } catch {
    process.stderr.write('ioredis is not installed, so it is not measured: npm install --no-save ioredis\n');
    return undefined;
  }
}
