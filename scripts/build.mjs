// @ts-check
import { exitWithError } from './setup/errors.mjs'
import { ensure } from './setup/index.mjs'
import { underRightNode } from './setup/node.mjs'

underRightNode(async () => {
  await ensure()
}).catch(exitWithError)
