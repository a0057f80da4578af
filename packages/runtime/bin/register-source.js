'use strict';
/* global __dirname */
// Lets a checkout run from its sources: TypeScript is compiled as it is loaded, not checked.
const { join } = require('node:path');

require('ts-node').register({ project: join(__dirname, '..', '..', '..', 'tsconfig.json') });
