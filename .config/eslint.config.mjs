/** ESLint: typescript-eslint's strictest presets and those for RxJS, in tune with the house. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'eslint/config';
import rxjs from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The house's own choices, everywhere. */
const house = {
  // Numbers and booleans in messages are wanted as they print; objects are not.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: false }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/consistent-type-exports': [
    'error',
    { fixMixedExportsWithInlineTypeSpecifier: true },
  ],
  '@typescript-eslint/no-import-type-side-effects': 'off',
  // Exhaustive by the union's kinds, or with a default that says what the rest is.
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  // Two parameters, then options; a third only for those options.
  '@typescript-eslint/max-params': ['error', { max: 3 }],
  '@typescript-eslint/prefer-readonly': 'error',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
  ],
  // A lone type parameter is how a caller names a type that only it knows: data$<Config>(path).
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
  // `Request<void>` and `Operation<void, …>` answer nothing, and say so.
  '@typescript-eslint/no-invalid-void-type': ['error', { allowInGenericTypeArguments: true }],
  // What was caught is passed on as it was.
  'rxjs-x/throw-error': ['error', { allowThrowingUnknown: true }],
  // `$`-less names are for one-shots, which are Observables too; the suffix is for live streams.
  'rxjs-x/finnish': 'off',
  // `!` and `as` are both allowed with a reason above them; the house's own check (spec/house/form.ts) asks for it.
  '@typescript-eslint/no-non-null-assertion': 'off',
  '@typescript-eslint/non-nullable-type-assertion-style': 'off',
  '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
  '@typescript-eslint/unified-signatures': ['error', { ignoreDifferentlyNamedParameters: true }],
  eqeqeq: 'error',
  'no-control-regex': 'error',
  'no-empty': 'error',
  'no-fallthrough': 'error',
  'no-unsafe-finally': 'error',
  'no-console': 'error',
  'no-param-reassign': 'error',
  'prefer-const': 'error',
  'no-else-return': 'error',
};

export default defineConfig(
  {
    basePath: root,
    extends: [
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
      rxjs.configs.strict,
    ],
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: root },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: house,
  },
  {
    basePath: root,
    files: ['src/session/**/*.ts', 'src/server/**/*.ts'],
    // What is called once for each request or reply takes its parts one by one: an object would be one more to allocate.
    rules: { '@typescript-eslint/max-params': ['error', { max: 5 }] },
  },
  {
    basePath: root,
    files: ['src/recipes/**/*.ts'],
    // Which client, where, and what about it; then options.
    rules: { '@typescript-eslint/max-params': ['error', { max: 4 }] },
  },
  {
    basePath: root,
    files: ['src/client/awaitable.ts', 'src/client/one-shot.ts'],
    // The one class that is an Observable and a thenable at once; no operator can make that.
    rules: { 'rxjs-x/no-subclass': 'off' },
  },
  {
    basePath: root,
    files: ['src/wire/**/*.ts'],
    // A codec is a table of functions that know no `this`; passing one on is what it is for.
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    basePath: root,
    files: ['spec/**/*.ts'],
    rules: {
      // A spec provokes errors, floats streams, looks at methods without calling them, and takes rows of tables.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'rxjs-x/no-ignored-default-value': 'off',
      'rxjs-x/no-implicit-any-catch': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/max-params': 'off',
      'rxjs-x/throw-error': 'off',
      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/no-floating-observables': 'off',
      'rxjs-x/no-nested-subscribe': 'off',
    },
  },
  {
    basePath: root,
    files: ['examples/**/*.ts'],
    // An example shows one thing, without the error handlers that would hide it; an error ends it with a trace.
    rules: {
      'no-console': 'off',
      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/no-ignored-default-value': 'off',
      'rxjs-x/no-exposed-subjects': 'off',
    },
  },
  {
    basePath: root,
    files: ['spec/golden/capture.ts'],
    rules: { 'no-console': 'off' },
  },
);
