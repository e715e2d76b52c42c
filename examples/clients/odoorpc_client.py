# SPDX-License-Identifier: Apache-2.0
"""OdooRPC, which uses JSON-RPC. With MASTER_PASSWORD in the environment, also dumps and restores a database."""
import os
import sys
from urllib.parse import urlsplit

import odoorpc

url, database, login, password = sys.argv[1:]
address = urlsplit(url)
tls = address.scheme == 'https'
odoo = odoorpc.ODOO(
    address.hostname, protocol='jsonrpc+ssl' if tls else 'jsonrpc', port=address.port or (443 if tls else 80))
assert odoo.version
try:
    odoo.login(database, login, 'wrong')
    sys.exit('a wrong password was accepted')
except odoorpc.error.RPCError:
    pass
odoo.login(database, login, password)
partners = odoo.env['res.partner']
partner = partners.create({'name': 'Ünï 😀'})
record = partners.browse(partner)
assert record.name == 'Ünï 😀'
record.name = 'Other'
assert partners.search([('id', '=', partner), ('name', '=', 'Other')]) == [partner]
assert partners.unlink([partner])
assert odoo.env.ref('base.user_admin').id == 2
try:
    odoo.execute('no.model', 'read', [1])
    sys.exit('no.model exists')
except odoorpc.error.RPCError as error:
    assert "doesn't exist" in str(error), error
master = os.environ.get('MASTER_PASSWORD')
if master:
    names = ['odoorpc-client.localhost', 'odoorpc-restored.localhost']
    odoo.db.create(master, names[0], admin_password='secret')
    dump = odoo.db.dump(master, names[0])
    odoo.db.restore(master, names[1], dump)
    assert set(names) <= set(odoo.db.list())
    odoo.login(names[1], 'admin', 'secret')
    assert odoo.env.user.login == 'admin'
    try:
        odoo.db.dump(master, names[0], format_='dump')
        sys.exit('the format dump was accepted')
    except odoorpc.error.RPCError as error:
        assert 'zip' in str(error), error
    for name in names:
        assert odoo.db.drop(master, name)
print(odoorpc.__version__)
