# SPDX-License-Identifier: Apache-2.0
"""XML-RPC with Python's own client."""
import platform
import sys
import xmlrpc.client

url, database, login, password = sys.argv[1:]
common = xmlrpc.client.ServerProxy(url + '/xmlrpc/2/common')
assert common.version()['server_version']
assert common.authenticate(database, login, 'wrong', {}) is False
uid = common.authenticate(database, login, password, {})
models = xmlrpc.client.ServerProxy(url + '/xmlrpc/2/object')


def call(model, method, *args, **kwargs):
    return models.execute_kw(database, uid, password, model, method, args, kwargs)


partner = call('res.partner', 'create', {'name': 'Ünï 😀'})
assert call('res.partner', 'read', [partner], fields=['name'])[0]['name'] == 'Ünï 😀'
assert call('res.partner', 'write', [partner], {'name': 'Other'}) is True
assert call('res.partner', 'search', [('id', '=', partner), ('name', '=', 'Other')]) == [partner]
assert call('res.partner', 'unlink', [partner]) is True
try:
    call('no.model', 'read', [1])
    sys.exit('no.model exists')
except xmlrpc.client.Fault as fault:
    assert fault.faultCode == 2, fault
print(platform.python_version())
