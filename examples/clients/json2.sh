#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# JSON-2 with curl. Makes an API key first, and revokes it.
set -euo pipefail
url=$1 database=$2 login=$3 password=$4

# rpc SERVICE METHOD ARGUMENTS: a call of JSON-RPC, with arguments as JSON.
rpc() {
    curl -sS "$url/jsonrpc" -d "{\"params\": {\"service\": \"$1\", \"method\": \"$2\", \"args\": $3}}"
}

# result: the number or text in the result.
result() {
    sed -n 's/.*"result":"\{0,1\}\([^"}]*\).*/\1/p'
}

# call MODEL METHOD BODY: a call of JSON-2; prints the answer and the status.
call() {
    curl -sS -w ' %{http_code}' "$url/json/2/$1/$2" -H "Authorization: bearer $key" -H "X-Odoo-Database: $database" \
        -H 'Content-Type: application/json' -d "$3"
}

# expect TEXT ANSWER
expect() {
    [[ $2 == *"$1"* ]] || { echo "expected $1, found $2"; exit 1; }
}

expect '"result":false' "$(rpc common login "[\"$database\", \"$login\", \"wrong\"]")"
uid=$(rpc common login "[\"$database\", \"$login\", \"$password\"]" | result)
key=$(rpc object execute_kw "[\"$database\", $uid, \"$password\", \"res.users.apikeys\", \"generate\", [],
    {\"key\": \"$password\", \"scope\": \"rpc\", \"name\": \"examples/clients\", \"expiration_date\": false}]" | result)
id=$(call res.partner create '{"vals_list": [{"name": "Ünï 😀"}]}' | sed -n 's/^\[\([0-9]*\)\] 200$/\1/p')
expect 'Ünï 😀' "$(call res.partner read "{\"ids\": [$id], \"fields\": [\"name\"]}")"
expect 'true 200' "$(call res.partner write "{\"ids\": [$id], \"vals\": {\"name\": \"Other\"}}")"
expect "[$id] 200" "$(call res.partner search "{\"domain\": [[\"id\", \"=\", $id], [\"name\", \"=\", \"Other\"]]}")"
expect 'true 200' "$(call res.partner unlink "{\"ids\": [$id]}")"
expect ' 404' "$(call no.model read '{"ids": [1]}')"
expect '"result":true' "$(rpc object execute_kw \
    "[\"$database\", $uid, \"$password\", \"res.users.apikeys\", \"revoke\", [], {\"key\": \"$key\"}]")"
curl --version | sed -n '1s/^curl \([^ ]*\).*/\1/p'
