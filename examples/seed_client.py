#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signs up a customer, and creates and configures a tenant database, over Odoo's external API.

Needs Python 3.7 and nothing else. Start a server first:  ./saas demo
Each run signs up another customer unless --client-login is given.
"""

import argparse
import json
import re
import sys
import urllib.request
import uuid
import xmlrpc.client


class Unexpected(Exception):
    """The server returned an unexpected answer."""


def main():
    options = arguments()
    try:
        run(options)
    except xmlrpc.client.Fault as fault:
        sys.exit('The server refused, fault {}: {}'.format(fault.faultCode, fault.faultString))
    except (Unexpected, OSError, xmlrpc.client.ProtocolError) as error:
        sys.exit('Failed: {}'.format(error))
    print('Succeeded.')


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--url', default='http://127.0.0.1:8069', help='URL of the server (default: %(default)s)')
    parser.add_argument('--db', default='portal.localhost', help='the main database (default: %(default)s)')
    parser.add_argument('--login', default='admin', help='login of an administrator (default: %(default)s)')
    parser.add_argument('--password', default='admin', help='password of that administrator (default: %(default)s)')
    parser.add_argument('--plan', type=int, default=1, help='number of the plan (default: %(default)s)')
    parser.add_argument('--client-db', default=False, help="name of the new database (default: from the plan's template)")
    parser.add_argument('--client-login', default='client-{}@example.com'.format(uuid.uuid4().hex[:12]),
                        help='login of the new customer (default: another one each time)')
    parser.add_argument('--client-name', default='Client Name', help='name of the new customer (default: %(default)s)')
    parser.add_argument('--client-password', default='Client Password', help='password of the new customer')
    parser.add_argument('--show-token', action='store_true', help='print the access token, which is a secret')
    return parser.parse_args()


def run(options):
    # Authenticate
    common = xmlrpc.client.ServerProxy('{}/xmlrpc/2/common'.format(options.url))
    models = xmlrpc.client.ServerProxy('{}/xmlrpc/2/object'.format(options.url))
    print('Server version: {}'.format(common.version()['server_version']))
    admin_uid = common.authenticate(options.db, options.login, options.password, {})
    check(admin_uid, 'login or password of the administrator is wrong')
    print('Authenticated {} at {}: user {}'.format(options.login, options.db, admin_uid))

    def execute(model, method, args, *kwargs):
        return models.execute_kw(options.db, admin_uid, options.password, model, method, args, *kwargs)

    # Sign up a customer. The server refuses this if the login exists.
    execute('res.users', 'signup', [{
        'login': options.client_login,
        'name': options.client_name,
        'password': options.client_password,
    }])
    print('Signed up {}'.format(options.client_login))

    # Authenticate the customer at the main database
    client_uid = common.authenticate(options.db, options.client_login, options.client_password, {})
    check(client_uid, 'the new customer cannot authenticate')
    print('Authenticated {} at {}: user {}'.format(options.client_login, options.db, client_uid))

    # Get a session of the customer at the main database
    session = open_session(options.url, options.db, options.client_login, options.client_password)
    check(session.get('uid') == client_uid, 'the session is for user {}'.format(session.get('uid')))
    check(session.get('session_id'), 'the session has no id')
    print('Opened a web session for user {}'.format(session['uid']))

    # Create a tenant database. Without a name, it is made from the DB Names template of the plan.
    created = execute('saas_portal.plan', 'create_new_database', [options.plan],
                      {'dbname': options.client_db, 'user_id': client_uid})
    check('access_token=' in created['url'], 'the URL has no access token')
    client = execute('saas_portal.client', 'read', [[created['id']], ['name', 'state', 'plan_id', 'user_id']])[0]
    print('Created database {}: number {}, state {}'.format(client['name'], client['id'], client['state']))
    print('Its owner opens it with {}'.format(created['url'] if options.show_token else masked(created['url'])))

    # The password of the portal does not work in the tenant database
    check(common.authenticate(client['name'], options.client_login, options.client_password, {}) is False,
          'the portal password works in the tenant database')
    print("The portal's password does not work at {}".format(client['name']))

    # Configure the tenant database
    payload = {
        # configure add-ons
        'update_addons': [],
        'install_addons': ['sale', 'point_of_sale', 'stock', 'access_settings_menu', 'access_apps'],
        'uninstall_addons': [],
        # grant access to the owner
        'access_owner_add': [
            'base.group_sale_manager',
            'stock.group_stock_manager',
            'access_settings_menu.group_show_settings_menu',
        ],
        # restrict access for all users
        'access_remove': ['access_apps.group_show_modules_menu'],
        'params': [{'key': 'saas_client.max_users', 'value': 10, 'hidden': True}],
    }
    answer = execute('saas.config', 'do_upgrade_database', [payload, created['id']])
    complaints = [text for texts in json.loads(answer)[client['name']].values() for text in texts]
    check(not complaints, '; '.join(complaints))
    print('Configured {}: {}'.format(client['name'], ', '.join(payload['install_addons'])))


def open_session(url, db, login, password):
    """Returns the session that a web client would get. The answer also sets it as a cookie."""
    call = {'jsonrpc': '2.0', 'method': 'call', 'params': {'db': db, 'login': login, 'password': password}}
    request = urllib.request.Request('{}/web/session/authenticate'.format(url), json.dumps(call).encode(),
                                     {'Content-Type': 'application/json'})
    with urllib.request.urlopen(request) as response:
        answer = json.load(response)
    check('result' in answer, 'no session: {}'.format(answer.get('error')))
    return answer['result']


def masked(url):
    return re.sub('access_token=[^&]*', 'access_token=***', url)


def check(fact, otherwise):
    if not fact:
        raise Unexpected(otherwise)


if __name__ == '__main__':
    main()
