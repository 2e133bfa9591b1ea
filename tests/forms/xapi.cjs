// Validates xAPI statements with the validator of an open learning record store.
const fs = require('node:fs');
const [tools, ...files] = process.argv.slice(2);
const { default: complaints } = require(`${tools}/node_modules/xapi-validation/dist/index.js`);
process.stdout.write(JSON.stringify(files.map(file => complaints(JSON.parse(fs.readFileSync(file))))));
