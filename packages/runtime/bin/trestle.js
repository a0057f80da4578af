#!/usr/bin/env node
'use strict';
/* global __dirname */
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const compiled = join(__dirname, '..', 'dist', 'shell', 'main.js');
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

/** Options of Node.js cannot be set from inside, so the program is a child; it ends when this process does. */
function launch() {
  const child = spawn(process.execPath, [...nodeOptions(), ...entry(), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, TRESTLE_LAUNCHED: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => {
      // From a terminal Ctrl-C reaches the child as well.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

launch();
