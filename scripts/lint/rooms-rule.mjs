// @ts-check
import { relative, sep } from 'node:path'
import { roomViolation } from './rooms.mjs'

/**
 * What the rule reads of an import, an export, a dynamic import or a call of require.
 * @typedef {import('eslint').Rule.Node & {
 *   source?: { value?: unknown } | null, importKind?: string, exportKind?: string,
 *   specifiers?: readonly { importKind?: string }[],
 *   arguments?: readonly { value?: unknown }[] }} Importing
 */

/**
 * `import type { A }` or `import { type A }`: nothing of it is left at run time.
 * @param {Importing} node
 */
function isTypeOnly({ importKind, specifiers = [] }) {
  if (importKind === 'type') return true
  return specifiers.length > 0 && specifiers.every((one) => one.importKind === 'type')
}

/** The lint rule that reports imports across the rooms of ARCHITECTURE.md. */
export const roomsRule = {
  meta: {
    type: /** @type {const} */ ('problem'),
    docs: { description: 'a room imports only the rooms that ARCHITECTURE.md names' },
    schema: [],
  },
  /** @param {import('eslint').Rule.RuleContext} context */
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/')
    /**
     * @param {Importing} node
     * @param {unknown} specifier
     * @param {boolean} [typeOnly]
     */
    const check = (node, specifier, typeOnly) => {
      if (typeof specifier !== 'string') return
      const message = roomViolation(file, specifier, typeOnly)
      if (message !== undefined) context.report({ node, message })
    }
    return {
      ImportDeclaration: (/** @type {Importing} */ node) =>
        check(node, node.source?.value, isTypeOnly(node)),
      ExportNamedDeclaration: (/** @type {Importing} */ node) =>
        check(node, node.source?.value, node.exportKind === 'type'),
      ExportAllDeclaration: (/** @type {Importing} */ node) => check(node, node.source?.value),
      ImportExpression: (/** @type {Importing} */ node) => check(node, node.source?.value),
      TSImportType: (/** @type {Importing} */ node) => check(node, node.source?.value, true),
      'CallExpression[callee.name="require"]': (/** @type {Importing} */ node) =>
        check(node, node.arguments?.[0]?.value),
    }
  },
}
