# SPDX-License-Identifier: Apache-2.0
"""Runs script.py: run.py URL MAIN_DB ADMIN_PASSWORD

That is the example of the documentation of Odoo SaaS Tools ("API integration"), as it was written for Python 2, but for a
quotation mark that is missing there. Only what it says of the server is replaced here.
"""

import json
import pathlib
import sys
import xmlrpclib

url, main_db, admin_password = sys.argv[1:]
text = (pathlib.Path(__file__).parent / 'script.py').read_text()
for written, meant in ("'http://odoo.local'", url), ("main_db = 'odoo.local'", main_db), (
        "admin_password = 'admin'", admin_password):
    assert text.count(written) == 1, written
    name, equals, _ = written.rpartition('= ')
    text = text.replace(written, name + equals + repr(meant))
script = {}
exec(compile(text, 'script.py', 'exec'), script)


def execute(model, method, *args):
    return script['models'].execute_kw(main_db, script['admin_uid'], admin_password, model, method, args)


client, = execute('saas_portal.client', 'read', [script['saas_portal_client_id']], ['name', 'state', 'user_id', 'max_users'])
assert client['state'] == 'open', client
assert client['user_id'] == [script['client_uid'], 'Client Name'], client
assert client['max_users'] == 10, client
assert script['client_session_id']
assert json.loads(script['res']) == {client['name']: {'access_owner_add': [], 'access_remove': []}}, script['res']
try:
    exec(compile(text, 'script.py', 'exec'), script)
    sys.exit('It signed the same user up twice')
except xmlrpclib.Fault as fault:
    assert fault.faultString == 'Another user is already registered using this email address.', fault
print('Made and configured', client['name'])
