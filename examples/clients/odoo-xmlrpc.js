// SPDX-License-Identifier: Apache-2.0
// odoo-xmlrpc, which uses XML-RPC and callbacks.
const assert = require('node:assert');
const { promisify } = require('node:util');
const Odoo = require('odoo-xmlrpc');

async function main() {
  const [url, db, username, password] = process.argv.slice(2);
  const connect = (secret) => {
    const odoo = new Odoo({ url, port: new URL(url).port || undefined, db, username, password: secret });
    return promisify(odoo.connect.bind(odoo))().then(() => promisify(odoo.execute_kw.bind(odoo)));
  };
  await assert.rejects(connect('wrong'));
  const call = await connect(password);
  const partner = await call('res.partner', 'create', [[{ name: 'Ünï 😀' }]]);
  assert.equal((await call('res.partner', 'read', [[[partner], ['name']]]))[0].name, 'Ünï 😀');
  assert.equal(await call('res.partner', 'write', [[[partner], { name: 'Other' }]]), true);
  assert.deepEqual(await call('res.partner', 'search', [[[['id', '=', partner], ['name', '=', 'Other']]]]), [partner]);
  assert.equal(await call('res.partner', 'unlink', [[[partner]]]), true);
  await assert.rejects(call('no.model', 'read', [[[1]]]), /doesn't exist/);
  console.log(require('odoo-xmlrpc/package.json').version);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
