/** Lets node run this project's TypeScript as it is: `node -r ./typescript.cjs program.ts`. Types are checked elsewhere. */

'use strict';

const { readFileSync } = require('node:fs');
const Module = require('node:module');
const ts = require('typescript');

const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };

Module._extensions['.ts'] = (module, fileName) => {
  const { outputText } = ts.transpileModule(readFileSync(fileName, 'utf8'), {
    compilerOptions,
    fileName,
  });
  module._compile(outputText, fileName);
};

const resolveFilename = Module._resolveFilename;

// Imports name the file that will be (`./x.js`), and it is not there yet.
Module._resolveFilename = function (request, ...rest) {
  const isOurs =
    request.startsWith('.') && request.endsWith('.js') && rest[0]?.filename?.endsWith('.ts');
  return resolveFilename.call(this, isOurs ? request.replace(/\.js$/, '.ts') : request, ...rest);
};
