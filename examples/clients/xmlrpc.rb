# SPDX-License-Identifier: Apache-2.0
# The xmlrpc gem of Ruby.
require 'xmlrpc/client'

url, database, login, password = ARGV
common = XMLRPC::Client.new2("#{url}/xmlrpc/2/common")
raise 'no version' unless common.call('version')['server_version']
raise 'a wrong password was accepted' if common.call('authenticate', database, login, 'wrong', {})

uid = common.call('authenticate', database, login, password, {})
models = XMLRPC::Client.new2("#{url}/xmlrpc/2/object")
call = lambda do |model, method, *arguments|
  models.call('execute_kw', database, uid, password, model, method, arguments)
end

partner = call.('res.partner', 'create', { name: 'Ünï 😀' })
raise 'another name' unless call.('res.partner', 'read', [partner], ['name'])[0]['name'] == 'Ünï 😀'
raise 'not written' unless call.('res.partner', 'write', [partner], { name: 'Other' })
raise 'not found' unless call.('res.partner', 'search', [['id', '=', partner], ['name', '=', 'Other']]) == [partner]
raise 'not removed' unless call.('res.partner', 'unlink', [partner])

begin
  call.('no.model', 'read', [1])
  raise 'no.model exists'
rescue XMLRPC::FaultException => e
  raise e unless e.faultCode == 2
end
puts RUBY_VERSION
