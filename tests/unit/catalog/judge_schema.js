// Judges catalogs by the JSON Schema alone, with another YAML reader and ajv. Prints one line a file: `accept PATH`, or
// `refuse PATH` and the numbers of the lines with what the schema does not accept.
//
//   node judge_schema.js TOOLS_FOLDER SCHEMA FILE...
'use strict';

const fs = require('fs');
const path = require('path');

const [tools, schemaPath, ...files] = process.argv.slice(2);
const load = (name) => require(path.resolve(tools, 'node_modules', name));
const Ajv = load('ajv');
const YAML = load('yaml');

const ajv = new Ajv({ strict: false, allErrors: true });
const validate = ajv.compile(JSON.parse(fs.readFileSync(schemaPath, 'utf8')));

function keyOf(map, name) {
  const pair = map.items.find((item) => String(item.key.value) === name);
  return pair && pair.key;
}

// Where an error stands: at the key that it names, else at the value, else, for an empty value, at its key.
function offsetOf(document, error) {
  const steps = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));
  let node = document.contents;
  let key = null;
  for (const step of steps) {
    key = YAML.isMap(node) ? keyOf(node, step) : null;
    node = YAML.isMap(node) ? node.items.find((item) => item.key === key).value : node.items[Number(step)];
  }
  const named = error.params.additionalProperty ?? error.params.propertyName ?? error.propertyName;
  if (named !== undefined && YAML.isMap(node) && keyOf(node, named)) return keyOf(node, named).range[0];
  if (node && node.range && !(YAML.isScalar(node) && node.value === null)) return node.range[0];
  return key ? key.range[0] : 0;
}

for (const file of files) {
  const lines = new YAML.LineCounter();
  const text = fs.readFileSync(file, 'utf8');
  const document = YAML.parseDocument(text, { version: '1.2', schema: 'core', lineCounter: lines });
  const wrong = new Set(document.errors.map((error) => error.linePos[0].line));
  if (wrong.size === 0 && !validate(document.toJS())) {
    for (const error of validate.errors) wrong.add(lines.linePos(offsetOf(document, error)).line);
  }
  const sorted = [...wrong].sort((a, b) => a - b);
  console.log(sorted.length === 0 ? `accept ${file}` : `refuse ${file} ${sorted.join(' ')}`);
}
