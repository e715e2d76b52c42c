// SPDX-License-Identifier: Apache-2.0
// odoo-await, which uses XML-RPC.
const assert = require('node:assert');
const Odoo = require('odoo-await');

async function main() {
  const [url, db, username, password] = process.argv.slice(2);
  const port = Number(new URL(url).port) || undefined;
  const baseUrl = url.replace(/:\d+$/, '');
  await assert.rejects(new Odoo({ baseUrl, port, db, username, password: 'wrong' }).connect());
  const odoo = new Odoo({ baseUrl, port, db, username, password });
  await odoo.connect();
  const partner = await odoo.create('res.partner', { name: 'Ünï 😀' });
  assert.equal((await odoo.read('res.partner', [partner], ['name']))[0].name, 'Ünï 😀');
  const name = `clients-${Date.now()}`;
  const externalId = await odoo.createExternalId('res.partner', partner, name);
  await odoo.updateByExternalId(name, { name: 'Other' });
  assert.deepEqual(await odoo.search('res.partner', { id: partner, name: 'Other' }), [partner]);
  assert.equal(await odoo.delete('ir.model.data', externalId), true);
  assert.equal(await odoo.delete('res.partner', partner), true);
  await assert.rejects(odoo.read('no.model', [1]), /doesn't exist/);
  console.log(require('odoo-await/package.json').version);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
