# SPDX-License-Identifier: Apache-2.0
# RPC::XML of Perl.
use strict;
use warnings;
use utf8;
use RPC::XML;
use RPC::XML::Client;

$RPC::XML::ENCODING = 'UTF-8';
my ($url, $database, $login, $password) = @ARGV;

# Returns the value of a call. Dies with the text of a fault.
sub send_call {
    my ($service, @call) = @_;
    my $answer = RPC::XML::Client->new("$url/xmlrpc/2/$service")->send_request(@call);
    die "$answer\n" unless ref $answer;
    die $answer->string . "\n" if $answer->is_fault;
    return $answer->value;
}

sub expect {
    my ($what, $true) = @_;
    die "$what\n" unless $true;
}

expect('a version', send_call('common', 'version')->{server_version});
expect('no user', !send_call('common', 'authenticate', $database, $login, 'wrong', {}));
my $uid = send_call('common', 'authenticate', $database, $login, $password, {});

sub call {
    my ($model, $method, @arguments) = @_;
    return send_call('object', 'execute_kw', $database, $uid, $password, $model, $method, \@arguments);
}

my $partner = call('res.partner', 'create', { name => 'Ünï 😀' });
my $name = call('res.partner', 'read', [$partner], ['name'])->[0]{name};
utf8::decode($name) unless utf8::is_utf8($name);
expect('the name', $name eq 'Ünï 😀');
expect('written', call('res.partner', 'write', [$partner], { name => 'Other' }));
expect('found', call('res.partner', 'search', [['id', '=', $partner], ['name', '=', 'Other']])->[0] == $partner);
expect('removed', call('res.partner', 'unlink', [$partner]));
expect('a fault', !eval { call('no.model', 'read', [1]); 1 } && $@ =~ /doesn't exist/);
print "$RPC::XML::VERSION\n";
