import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/**
 * A headless Chromium: that of `TRESTLE_CHROMIUM`, else the one of the operating system.
 * @throws Error that says what to install, if there is none
 */
export function startBrowser(): Promise<Browser> {
  const executablePath = process.env['TRESTLE_CHROMIUM'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `no Chromium at ${executablePath}: install it (apt-get install chromium), or name one by TRESTLE_CHROMIUM`,
    );
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
