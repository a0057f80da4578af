import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const sources = ['packages/*/src/**/*.ts'];

/** The only places that may touch time, chance and sockets: everything else is handed a clock, a random, a transport. */
const edges = [
  'packages/*/src/**/{system-clock,system-random,ws-transport,listen,dial}.ts',
  'packages/runtime/src/distribution/{port-mapper,tls}/**',
  'packages/runtime/src/distribution/socket/{door,security,http-refusal,listened-socket}.ts',
  'packages/runtime/src/distribution/pulse/{ask-pulse,pulse-server,pulse-thread}.ts',
  'packages/runtime/src/shell/**',
  'packages/runtime/src/platform/**',
];

const clock = 'Take a Clock: only system-clock.ts reads time or sets timers.';
const random = 'Take a Random: only system-random.ts makes chance.';
const transport = 'Take a Transport: only the transport files, the pulse and the port mapper open sockets.';

const timers = ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'];
const timeGlobals = [...timers, 'performance'].map((name) => ({ name, message: clock }));
const immediate = {
  name: 'setImmediate',
  message: 'Take a Clock: only system-clock.ts yields to the event loop.',
};

const restrictedProperties = [
  { object: 'Date', property: 'now', message: clock },
  { object: 'performance', property: 'now', message: clock },
  { object: 'process', property: 'hrtime', message: clock },
  { object: 'Math', property: 'random', message: random },
  ...[...timers, 'setImmediate', 'performance'].map((property) => ({
    object: 'globalThis',
    property,
    message: clock,
  })),
];

const restrictedModules = [
  ...['ws', 'net', 'tls', 'http', 'https'].flatMap((name) =>
    (name === 'ws' ? [name] : [name, `node:${name}`]).map((module) => ({
      name: module,
      message: transport,
      allowTypeImports: true,
    })),
  ),
  ...['timers', 'timers/promises', 'perf_hooks'].flatMap((name) =>
    [name, `node:${name}`].map((module) => ({ name: module, message: clock, allowTypeImports: true })),
  ),
];

/** An optional package: only the door of its own loads it. */
const onlyByItsDoor = { name: 'xstate', message: 'Only packages/runtime/src/xstate may need xstate.' };

/** The whole of zod is loaded with every language it knows. */
const asUsed = {
  name: 'zod',
  message: "Take z from '#zod', in other packages from '@trestle/runtime/internal'.",
  allowTypeImports: true,
};

const everywhereInSources = [
  {
    // What the doors for Node and for a browser have in common is written down once.
    selector: "ExportAllDeclaration[source.value!='./everywhere']",
    message: 'Export by name: a door says what it opens to.',
  },
  {
    selector:
      'Program > VariableDeclaration[kind=/let|var/], Program > ExportNamedDeclaration > VariableDeclaration[kind=/let|var/]',
    message: 'No module-level mutable state: a node is a value, several live in one program.',
  },
];
/** `toEqual` takes a missing item of a list for one that is `undefined`, and `[undefined]` for `[]`. */
const noLooseLists = [
  "CallExpression[callee.property.name='toEqual'] > ArrayExpression[elements.length=0]",
  "CallExpression[callee.property.name='toEqual'] > ArrayExpression > Identifier[name='undefined']",
].map((selector) => ({ selector, message: 'Compare with toStrictEqual: to toEqual [undefined] is [].' }));
const noImplicitNow = { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: clock };

export default defineConfig(
  { ignores: ['**/node_modules/', '**/dist/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      // `for (;;)` and `while (true)` are how a process lives.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A process may end with any value as its exit reason, as in OTP.
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      // Processes and servers are classes because their fields are their state; an empty one is a valid server.
      '@typescript-eslint/no-extraneous-class': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: sources,
    rules: {
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', 40],
      // A callback that does nothing keeps the names of what it gets: users take them over.
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      'no-restricted-globals': ['error', ...timeGlobals, immediate],
      'no-restricted-properties': ['error', ...restrictedProperties],
      'no-restricted-syntax': ['error', ...everywhereInSources, noImplicitNow],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [...restrictedModules, onlyByItsDoor, asUsed] },
      ],
    },
  },
  {
    files: ['packages/runtime/src/xstate/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { paths: [...restrictedModules, asUsed] }],
    },
  },
  {
    files: edges,
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': ['error', ...everywhereInSources],
      '@typescript-eslint/no-restricted-imports': 'off',
    },
  },
  {
    files: ['packages/runtime/src/shell/**', 'packages/runtime/src/platform/browser/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // A test may look where a program may not, and says with `!` what its arrangement guarantees.
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...noLooseLists],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // An example shows a callback as a user would write it, awaiting or not.
    files: ['examples/**/*.ts', 'bench/**/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['test/types/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-vars': 'off', '@typescript-eslint/no-unused-expressions': 'off' },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: Object.fromEntries(
        ['process', 'console', 'Buffer', 'setTimeout', 'clearTimeout', 'setImmediate', 'URL'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
);
