#!/usr/bin/env node
'use strict';
/* global __dirname */
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const compiled = join(__dirname, '..', 'dist', 'bundled', 'shell.js');
const source = join(__dirname, '..', 'src', 'shell', 'main.ts');

/** A checkout that was not built, or is told so by TRESTLE_FROM=source, runs from its sources. */
function entry() {
  const from = process.env.TRESTLE_FROM ?? (existsSync(compiled) ? 'dist' : 'source');
  if (from === 'dist') return [compiled];
  return ['--conditions=source', '-r', join(__dirname, 'register-source.js'), source];
}

/** Options of Node.js for the program: the shell itself says how to attach, and in fewer words. */
function nodeOptions() {
  const quiet = '--disable-warning=ExperimentalWarning';
  const isKnown = process.allowedNodeEnvironmentFlags.has('--disable-warning');
  return [...process.execArgv, '--inspect-publish-uid=http', ...(isKnown ? [quiet] : [])];
}

/** How long the program may take to say that it has a signal already. */
const patienceMs = 150;

/**
 * Passes signals on. Often the program has been sent the same one (by a terminal, by whoever stops a group), and twice
 * would mean "at once": so it is asked first. What a terminal sends it always has.
 */
function passOn(signal, child) {
  let knownAt = -Infinity;
  child.on('message', (told) => {
    if (told === signal) knownAt = Date.now();
  });
  process.on(signal, () => {
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    const receivedAt = Date.now();
    setTimeout(() => {
      if (knownAt < receivedAt - patienceMs) child.kill(signal);
    }, patienceMs);
  });
}

/** Options of Node.js cannot be set from inside, so the program is a child; it ends when this process does. */
function launch() {
  const child = spawn(process.execPath, [...nodeOptions(), ...entry(), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, TRESTLE_LAUNCHED: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) passOn(signal, child);
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

launch();
