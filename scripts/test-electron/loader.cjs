// Starts the app whose folder is the first argument that holds a package.json, as the default app
// of an Electron release does.
const { existsSync, readFileSync } = require('node:fs')
const { join, resolve } = require('node:path')
const { app } = require('electron')

const folder = process.argv
  .slice(1)
  .filter((argument) => !argument.startsWith('-'))
  .map((argument) => resolve(argument))
  .find((path) => existsSync(join(path, 'package.json')))

if (folder === undefined) {
  console.error('usage: electron [flags] APP_FOLDER')
  app.exit(2)
} else {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  app.setAppPath(folder)
  app.setName(manifest.productName ?? manifest.name)
  require(join(folder, manifest.main))
}
