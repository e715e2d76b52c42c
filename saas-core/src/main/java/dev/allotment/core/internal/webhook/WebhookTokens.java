// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.WebhookToken;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the tokens that receivers of usage know this installation by, encrypted. A token is bound to the origin of the
 * URL that it was given for, so that no other host can get it, even if a node that knows no tokens changes the URL.
 */
final class WebhookTokens {
    private final SecretCipher cipher;

    WebhookTokens(SecretCipher cipher) {
        this.cipher = cipher;
    }

    /** @throws SaasException {@code webhook.key-missing} */
    void replace(Transaction tx, WebhookEndpoint endpoint, @Nullable String token) {
        Records<WebhookToken> tokens = tx.records(RecordTypes.WEBHOOK_TOKENS);
        tokens.deleteAll(Filter.equal(WebhookToken.ENDPOINT_ID, endpoint.id()));
        if (token != null) {
            WebhookSecrets.requireKey(cipher);
            tokens.insert(new WebhookToken(0, endpoint.id(), cipher.encrypt(purpose(endpoint), token)));
        }
    }

    static Optional<WebhookToken> find(Transaction tx, WebhookEndpointId endpoint) {
        return tx
                .records(RecordTypes.WEBHOOK_TOKENS)
                .list(Query.where(Filter.equal(WebhookToken.ENDPOINT_ID, endpoint)))
                .stream()
                .findFirst();
    }

    /** Empty: it was given for a URL of another origin, or encrypted with another secret key. */
    Optional<String> opened(WebhookEndpoint endpoint, WebhookToken token) {
        return cipher.decrypt(purpose(endpoint), token.sealed());
    }

    /** Encrypts with the first key what another one has encrypted. Returns how many tokens. */
    int renew(Transaction tx) {
        if (!cipher.hasOlderKeys()) {
            return 0;
        }
        Records<WebhookToken> tokens = tx.records(RecordTypes.WEBHOOK_TOKENS);
        int renewed = 0;
        for (WebhookToken each : tokens.list(Query.all())) {
            renewed += renew(tx, each) ? 1 : 0;
        }
        return renewed;
    }

    private boolean renew(Transaction tx, WebhookToken token) {
        Optional<WebhookEndpoint> endpoint = tx.records(RecordTypes.WEBHOOK_ENDPOINTS)
                .find(token.endpointId().value())
                .filter(each -> !cipher.isCurrent(purpose(each), token.sealed()));
        Optional<String> text = endpoint.flatMap(each -> opened(each, token));
        Records<WebhookToken> tokens = tx.records(RecordTypes.WEBHOOK_TOKENS);
        if (text.isEmpty() || tokens.lock(token.id()).filter(token::equals).isEmpty()) {
            return false;
        }
        tokens.update(
                new WebhookToken(token.id(), token.endpointId(), cipher.encrypt(purpose(endpoint.get()), text.get())));
        return true;
    }

    private static String purpose(WebhookEndpoint endpoint) {
        return "token of webhook endpoint " + endpoint.id() + " at " + UsageFeeds.origin(endpoint.url());
    }
}
