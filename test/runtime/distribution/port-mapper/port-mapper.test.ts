import { EventEmitter, once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { VirtualClock } from '@trestle/runtime/testing';
import { names, lookup } from '../../../../packages/runtime/src/distribution/port-mapper/mapper-client';
import {
  NodeNameTakenError,
  PortMapperError,
} from '../../../../packages/runtime/src/distribution/port-mapper/mapper-error';
import { mapperPort } from '../../../../packages/runtime/src/distribution/port-mapper/mapper-port';
import {
  formatLine,
  mapperLimits,
} from '../../../../packages/runtime/src/distribution/port-mapper/mapper-protocol';
import { MapperServer } from '../../../../packages/runtime/src/distribution/port-mapper/mapper-server';
import { PortMapper } from '../../../../packages/runtime/src/distribution/port-mapper/port-mapper';
import { NodeLog } from '../../../../packages/runtime/src/node/log/node-log';
import { systemClock } from '../../../../packages/runtime/src/node/system/system-clock';
import { systemRandom } from '../../../../packages/runtime/src/node/system/system-random';
import type { Clock, ClockTimer } from '../../../../packages/runtime/src/terms/clock';
import { freePort } from '../../../support/free-port';

const host = '127.0.0.1';
let port: number;
let open: { stop(): Promise<void> }[];
let logged: string[];
let onLog: () => void;
/** The names that some mapper of the test says it knows, whenever they change. */
let named: EventEmitter<{ change: [string[]] }>;

beforeEach(async () => {
  port = await freePort();
  open = [];
  logged = [];
  onLog = () => undefined;
  named = new EventEmitter();
});

afterEach(async () => {
  for (const mapper of open) await mapper.stop();
});

function start(clock: Clock = systemClock): PortMapper {
  const log = ({ text }: { text: string }): void => {
    logged.push(text);
    onLog();
  };
  const nodeLog = new NodeLog({ logger: { log }, node: 'n@127.0.0.1', wallTime: () => 0 }, () => undefined);
  const namesChanged = (names: readonly string[]): void => void named.emit('change', [...names]);
  const mapper = PortMapper.start({ host, port, clock, random: systemRandom, log: nodeLog, namesChanged });
  open.push(mapper);
  return mapper;
}

async function started(name: string, nodePort: number): Promise<PortMapper> {
  const mapper = start();
  await mapper.register(name, nodePort);
  return mapper;
}

/** Resolves when a mapper says that it knows exactly these names; to be called before what makes it so. */
function nextNames(...names: string[]): Promise<void> {
  return new Promise((resolve) => {
    const look = (now: string[]): void => {
      if (now.toSorted().join() !== names.join()) return;
      named.off('change', look);
      resolve();
    };
    named.on('change', look);
  });
}

const find = (name: string) => lookup({ host, port, name, clock: systemClock });
const list = async () => {
  const known = await names({ host, port, clock: systemClock });
  return known.map(({ name }) => name).sort();
};

/** Holds the port with something else than a mapper. */
async function occupy(onConnection: (socket: Socket) => void): Promise<{ stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  open.push({ stop });
  return { stop };
}

/** Sends raw bytes to the mapper; resolves with what came back once the mapper hung up. */
function sendRaw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect({ host, port }, () => socket.write(bytes));
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
}

describe('a port mapper', () => {
  it('tells where every node of the host listens, the serving one included', async () => {
    await started('a', 4001);
    await started('b', 4002);
    expect(await find('a')).toEqual({ port: 4001 });
    expect(await find('b')).toEqual({ port: 4002 });
    expect(await list()).toEqual(['a', 'b']);
  });

  it('that a new node serves, in the middle of a take-over, waits for the names of those that were there', async () => {
    const clock = { ...systemClock, now: () => 0 };
    await start(clock).register('new', 4001);
    const search = lookup({ host, port, name: 'old', clock });
    await find('new');
    await started('old', 4002);
    expect(await search).toEqual({ port: 4002 });
  });

  it('leaves nothing with who has asked it', async () => {
    await started('a', 4001);
    const clock = new VirtualClock();
    const found = await lookup({ host, port, name: 'a', clock });
    expect([found, clock.runningTimers]).toEqual([{ port: 4001 }, 0]);
  });

  it('is hung up on by who has its answer', async () => {
    const closed = new Promise((resolve) => {
      void occupy((socket) => {
        socket.on('data', () => socket.write(formatLine({ type: 'found', port: 4001 })));
        socket.once('close', resolve);
      }).then(async () => expect(await find('a')).toEqual({ port: 4001 }), resolve);
    });
    await closed;
  });

  it('is not asked by who has given up before', async () => {
    await started('a', 4001);
    const signal = AbortSignal.abort();
    await expect(lookup({ host, port, name: 'a', clock: systemClock, signal })).resolves.toBeUndefined();
  });

  it('knows so many names and no more', async () => {
    const options = { host, port, clock: systemClock, tookOver: false, namesChanged: () => undefined };
    const server = (await MapperServer.listen(options))!;
    open.push({ stop: () => server.close() });
    for (let i = 1; i < mapperLimits.maxNames; i++) server.register(`n${i}`, 4001);
    await start().register('last', 4001);
    await expect(start().register('one too many', 4001)).rejects.toThrow(PortMapperError);
    expect([await find('last'), await find('one too many')]).toStrictEqual([{ port: 4001 }, undefined]);
  });

  it('answers that it does not know a name', async () => {
    await started('a', 4001);
    expect(await find('nobody')).toBeUndefined();
  });

  it('that nobody serves knows no name', async () => {
    expect(await find('a')).toBeUndefined();
    expect(await list()).toStrictEqual([]);
  });

  it('refuses a name that another node of the host has', async () => {
    await started('a', 4001);
    await started('b', 4002);
    for (const name of ['a', 'b']) {
      const attempt = start().register(name, 4003);
      await expect(attempt).rejects.toThrow(NodeNameTakenError);
      await expect(attempt).rejects.toMatchObject({ code: 'ERR_NODE_NAME_TAKEN' });
      await expect(attempt).rejects.toThrow(`startNode: the name ${name} is taken on this host`);
    }
    expect(await find('a')).toEqual({ port: 4001 });
  });

  it('forgets a name when its node goes', async () => {
    await started('a', 4001);
    const b = await started('b', 4002);
    const forgotten = nextNames('a');
    await b.stop();
    await forgotten;
    expect(await find('b')).toBeUndefined();
    await started('b', 4004);
    expect(await find('b')).toEqual({ port: 4004 });
  });

  it('forgets a name when the connection of its node is reset', async () => {
    await started('a', 4001);
    const socket = connect({ host, port });
    socket.write(formatLine({ type: 'register', name: 'b', port: 4002 }));
    await new Promise((resolve) => socket.once('data', resolve));
    expect(await list()).toEqual(['a', 'b']);
    const forgotten = nextNames('a');
    socket.resetAndDestroy();
    await forgotten;
    expect(await list()).toEqual(['a']);
  });

  it('gives a name anew when its node has gone, though both come to its ears in one turn', async () => {
    await started('a', 4001);
    const [old, young] = [connect({ host, port }), connect({ host, port })];
    const register = formatLine({ type: 'register', name: 'x', port: 1 });
    const answerTo = (socket: Socket): Promise<string> =>
      new Promise((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())));
    young.write(formatLine({ type: 'lookup', name: 'a' }));
    await answerTo(young);
    old.write(register);
    await answerTo(old);
    old.destroy();
    young.write(register);
    expect(await answerTo(young)).toBe(formatLine({ type: 'registered' }));
    expect(await find('x')).toEqual({ port: 1 });
    young.destroy();
  });

  it('is waited for as long as the event loop of the one who asks turns: what came while it stood still counts', async () => {
    await started('a', 4001);
    const timers: (() => void)[] = [];
    const setTimer = (callback: () => void): ClockTimer => {
      timers.push(callback);
      return { cancel: () => undefined };
    };
    const found = lookup({ host, port, name: 'a', clock: { ...systemClock, setTimer } });
    timers.shift()!();
    expect(await found).toEqual({ port: 4001 });
  });

  it('in a take-over is asked some times more though the time is up: the machine may have been busy with others', async () => {
    const answers = [
      ...Array.from({ length: 5 }, () => formatLine({ type: 'unknown', settling: true })),
      formatLine({ type: 'found', port: 4001 }),
    ];
    await occupy((socket) => void socket.on('data', () => socket.write(answers.shift() ?? '')));
    // Much time goes by between any two looks at the clock.
    let time = 0;
    const now = (): number => (time += mapperLimits.takeOverMs);
    const found = await lookup({ host, port, name: 'a', clock: { ...systemClock, now } });
    expect(found).toEqual({ port: 4001 });
  });

  it('tells the node that serves it of each name that comes and goes', async () => {
    const told: string[][] = [];
    named.on('change', (names) => told.push(names));
    const a = await started('a', 4001);
    const b = await started('b', 4002);
    const forgotten = nextNames('a');
    await b.stop();
    await forgotten;
    expect(told.splice(0)).toEqual([['a'], ['a', 'b'], ['a']]);
    await started('c', 4003);
    const takenOver = nextNames('c');
    await a.stop();
    await takenOver;
    expect(told).toEqual([['a', 'c'], ['c']]);
  });

  it('is taken over when the node that serves it goes, and no name is lost', async () => {
    const first = await started('n0', 4000);
    const others = ['n1', 'n2', 'n3', 'n4', 'n5'];
    for (const [i, name] of others.entries()) await started(name, 4001 + i);
    await first.stop();
    const found = await Promise.all(others.map(find));
    expect(found).toEqual(others.map((_, i) => ({ port: 4001 + i })));
    expect(await find('n0')).toBeUndefined();
    expect(logged).toStrictEqual([]);
  });

  it('is taken over again and again, as each node that serves goes', async () => {
    const mappers = [];
    for (let i = 0; i < 5; i += 1) mappers.push(await started(`n${i}`, 4000 + i));
    for (const [i, mapper] of mappers.entries()) {
      await mapper.stop();
      for (let j = i + 1; j < 5; j += 1) expect(await find(`n${j}`)).toEqual({ port: 4000 + j });
    }
    expect(await list()).toStrictEqual([]);
  });

  it('has one server however many nodes start at once', async () => {
    const all = Array.from({ length: 8 }, (_, i) => `n${i}`);
    await Promise.all(all.map((name, i) => started(name, 4000 + i)));
    expect(await list()).toEqual(all);
  });

  it('is hung up on by a node that it does not register', async () => {
    let hungUp = (): void => undefined;
    const closed = new Promise<void>((resolve) => (hungUp = resolve));
    await occupy((socket) => {
      socket.once('close', hungUp);
      socket.once('data', () => socket.write(formatLine({ type: 'taken' })));
    });
    await expect(start().register('a', 4001)).rejects.toThrow(NodeNameTakenError);
    await closed;
  });

  it('is closed by a node that is stopped at the moment it begins to serve', async () => {
    const mapper = start();
    const stopped = new Promise<void>((resolve) => {
      named.once('change', () => {
        resolve(mapper.stop());
      });
    });
    await mapper.register('a', 4001);
    await stopped;
    expect(await list()).toStrictEqual([]);
  });

  it('hangs up on who says nothing for long, and not on who has registered', async () => {
    const clock = new VirtualClock();
    await start(clock).register('a', 4001);
    await started('b', 4002);
    const idle = connect({ host, port });
    const closed = new Promise<void>((resolve) => idle.once('close', () => resolve()).resume());
    idle.write(formatLine({ type: 'lookup', name: 'a' }));
    await new Promise((resolve) => idle.once('data', resolve));
    await clock.advance(mapperLimits.idleMs);
    await closed;
    expect(await list()).toEqual(['a', 'b']);
  });

  it('that was taken over says for 400 ms that a name which it does not know may still come', async () => {
    const clock = new VirtualClock();
    const ask = (): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect({ host, port });
        socket.write(formatLine({ type: 'lookup', name: 'x' }));
        socket.once('data', (chunk) => {
          socket.destroy();
          resolve(chunk.toString());
        });
      });
    const unknown = (settling: boolean): string => formatLine({ type: 'unknown', settling });
    const first = await started('a', 4001);
    await start(clock).register('b', 4002);
    const takenOver = nextNames('b');
    await first.stop();
    await takenOver;
    await clock.advance(399);
    expect(await ask()).toBe(unknown(true));
    await clock.advance(1);
    expect(await ask()).toBe(unknown(false));
  });

  it('of which several nodes ask for one name at once gives it to one of them', async () => {
    const results = await Promise.allSettled([1, 2, 3, 4].map((i) => started('same', 4000 + i)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('can be stopped while a node registers', async () => {
    const mapper = start();
    const registered = mapper.register('a', 4001);
    await mapper.stop();
    await registered;
    expect(await list()).toStrictEqual([]);
  });

  it('logs when a name was lost to another node in a take-over, and registers it when that one goes', async () => {
    const answers = [formatLine({ type: 'registered' }), formatLine({ type: 'taken' })];
    const other = await occupy((socket) => {
      socket.on('data', () => {
        socket.end(answers.shift() ?? '');
      });
    });
    const clock = new VirtualClock();
    const [told, found] = [new Promise<void>((resolve) => (onLog = resolve)), nextNames('a')];
    await start(clock).register('a', 4001);
    await told;
    await other.stop();
    await clock.advance(1_000);
    await found;
    expect(await find('a')).toEqual({ port: 4001 });
    expect(logged).toEqual(['the name a is not registered: startNode: the name a is taken on this host']);
  });
});

describe('a port mapper port that something else holds', () => {
  it.each([
    ['an HTTP server', (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a server that talks JSON', (socket: Socket) => void socket.write('{"type":"registered"}\n')],
    [
      'a server that sends no line end',
      (socket: Socket) => void socket.write('x'.repeat(mapperLimits.maxAnswerBytes + 1)),
    ],
  ])('is reported: %s', async (_what, onConnection) => {
    await occupy(onConnection);
    const problem = `the port mapper's port 127.0.0.1:${port} is held by something that is no port mapper of Trestle`;
    await expect(start().register('a', 4001)).rejects.toThrow(new PortMapperError(problem));
    await expect(find('a')).rejects.toThrow(problem);
    await expect(list()).rejects.toThrow(problem);
  });

  it('is reported when it says nothing', async () => {
    await occupy(() => undefined);
    const clock = new VirtualClock();
    const reported = expect(lookup({ host, port, name: 'a', clock })).rejects.toThrow(
      `the port mapper's port 127.0.0.1:${port} does not answer within 2000 ms: ` +
        'the process that has it is stopped or blocked; another node takes over when that process has ended',
    );
    await clock.advance(mapperLimits.answerMs);
    await reported;
  });

  it('is waited for longer by a node that starts, while its node computes', async () => {
    const clock = new VirtualClock();
    const held = new Promise<Socket>((resolve) => void occupy(resolve));
    const registered = start(clock).register('a', 4001);
    const socket = await held;
    await clock.advance(mapperLimits.registerMs - 1);
    socket.write(formatLine({ type: 'registered' }));
    await expect(registered).resolves.toBeUndefined();
  });

  it('is reported when it hangs up on everybody', async () => {
    await occupy((socket) => void socket.destroy());
    await expect(start().register('a', 4001)).rejects.toThrow('is taken, but nothing answers');
  });
});

describe('a port mapper under attack', () => {
  it.each([
    ['bytes that are no request', 'GET / HTTP/1.1\r\n\r\n'],
    ['a request that is none', 'trestle-mapper/1 {"type":"register","name":"","port":70000}\n'],
    ['JSON that is none', 'trestle-mapper/1 {{{\n'],
    ['a line without end', 'x'.repeat(mapperLimits.maxRequestBytes + 1)],
  ])('hangs up on %s, and serves on', async (_what, bytes) => {
    // For this clock nobody is idle for too long.
    await start(new VirtualClock()).register('a', 4001);
    expect(await sendRaw(bytes)).toBe('');
    expect(await find('a')).toEqual({ port: 4001 });
  });

  it('lets one connection register one name', async () => {
    await started('a', 4001);
    const socket = connect({ host, port });
    const register = (name: string) => formatLine({ type: 'register', name, port: 1 });
    const answers = await new Promise<string>((resolve) => {
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString();
        if (received.split('\n').length > 3) resolve(received);
      });
      socket.write(register('x') + register('y') + register('a'));
    });
    socket.destroy();
    expect(answers).toBe(
      formatLine({ type: 'registered' }) + formatLine({ type: 'refused' }) + formatLine({ type: 'taken' }),
    );
  });
});

describe('a connection to the port mapper that comes from another host', () => {
  let server: MapperServer;
  beforeEach(async () => {
    const options = { host, port, clock: systemClock, tookOver: false, namesChanged: () => undefined };
    server = (await MapperServer.listen(options))!;
    open.push({ stop: () => server.close() });
    server.register('a', 4001);
  });

  /** What it is told that asks from an address of a network, which no test could have. */
  async function answerTo(line: string, remoteAddress: string): Promise<string> {
    const { server: listener } = server as unknown as { readonly server: Server };
    listener.prependOnceListener('connection', (socket: Socket) => {
      Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
    });
    const socket = connect({ host, port }, () => socket.write(line));
    const [answer] = await once(socket, 'data');
    socket.destroy();
    return String(answer);
  }

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'])('registers no name: %s', async (address) => {
    const register = formatLine({ type: 'register', name: 'b', port: 1 });
    expect(await answerTo(register, address)).toBe(formatLine({ type: 'refused' }));
    expect(await find('b')).toBeUndefined();
    expect(await answerTo(register, '127.0.0.9')).toBe(formatLine({ type: 'registered' }));
  });

  it('looks names up, and lists them', async () => {
    const lookUp = formatLine({ type: 'lookup', name: 'a' });
    expect(await answerTo(lookUp, '10.1.2.3')).toBe(formatLine({ type: 'found', port: 4001 }));
    const names = [{ name: 'a', port: 4001 }];
    expect(await answerTo(formatLine({ type: 'names' }), '10.1.2.3')).toBe(
      formatLine({ type: 'names', names }),
    );
  });
});

describe('the port of the port mapper', () => {
  it('is 4370, or what TRESTLE_MAPPER_PORT says', () => {
    expect(mapperPort({})).toBe(4370);
    expect(mapperPort({ TRESTLE_MAPPER_PORT: '' })).toBe(4370);
    expect(mapperPort({ TRESTLE_MAPPER_PORT: '5000' })).toBe(5000);
  });

  it.each(['0', '65536', 'x', '-1', '1.5'])('is refused if the variable is %p', (text) => {
    expect(() => mapperPort({ TRESTLE_MAPPER_PORT: text })).toThrow(
      `TRESTLE_MAPPER_PORT: expected a port from 1 to 65535, got '${text}'`,
    );
  });
});
