// @ts-check
import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import { roomsRule } from './scripts/lint/rooms-rule.mjs'

const svelteFiles = ['**/*.svelte', '**/*.svelte.ts']

/** Rules that need no type information: for every file. */
const everywhere = {
  'rooms/imports': 'error',
  'max-lines': ['error', { max: 400 }],
  eqeqeq: ['error', 'always'],
  'no-console': 'off',
  'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
  ],
}

/** Rules that read types, where it is worth its time: promises and exhaustive switches. */
const typed = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  '@typescript-eslint/consistent-type-imports': [
    'error',
    { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
  ],
}

export default defineConfig(
  globalIgnores(['node_modules/', 'out/', 'test-output/', 'test/fixtures/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs['flat/recommended'],
  {
    plugins: { rooms: { rules: { imports: roomsRule } } },
    languageOptions: { globals: globals.node },
    rules: everywhere,
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    ignores: svelteFiles,
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: typed,
  },
  {
    files: ['src/renderer/**'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: svelteFiles,
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'svelte/button-has-type': 'error',
      'svelte/no-target-blank': 'error',
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
)
