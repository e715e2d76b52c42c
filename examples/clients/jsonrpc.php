<?php
// SPDX-License-Identifier: Apache-2.0
// JSON-RPC with PHP alone, without an extension.

[, $url, $database, $login, $password] = $argv;

function send(string $service, string $method, array $arguments): mixed
{
    global $url;
    $options = ['http' => [
        'method' => 'POST',
        'header' => 'Content-Type: application/json',
        'content' => json_encode(['params' => ['service' => $service, 'method' => $method, 'args' => $arguments]]),
    ]];
    $answer = json_decode(file_get_contents("$url/jsonrpc", false, stream_context_create($options)), true);
    if (isset($answer['error'])) {
        throw new RuntimeException($answer['error']['data']['message']);
    }
    return $answer['result'];
}

function expect(string $what, bool $true): void
{
    if (!$true) {
        fwrite(STDERR, "$what\n");
        exit(1);
    }
}

expect('a version', send('common', 'version', [])['server_version'] !== '');
expect('no user', send('common', 'authenticate', [$database, $login, 'wrong', []]) === false);
$uid = send('common', 'authenticate', [$database, $login, $password, []]);
$call = fn (string $model, string $method, ...$arguments) =>
    send('object', 'execute_kw', [$database, $uid, $password, $model, $method, $arguments]);

$partner = $call('res.partner', 'create', ['name' => 'Ünï 😀']);
expect('the name', $call('res.partner', 'read', [$partner], ['name'])[0]['name'] === 'Ünï 😀');
expect('written', $call('res.partner', 'write', [$partner], ['name' => 'Other']));
expect('found', $call('res.partner', 'search', [['id', '=', $partner], ['name', '=', 'Other']]) === [$partner]);
expect('removed', $call('res.partner', 'unlink', [$partner]));
try {
    $call('no.model', 'read', [1]);
    expect('a fault', false);
} catch (RuntimeException $e) {
    expect($e->getMessage(), str_contains($e->getMessage(), "doesn't exist"));
}
echo PHP_VERSION, "\n";
