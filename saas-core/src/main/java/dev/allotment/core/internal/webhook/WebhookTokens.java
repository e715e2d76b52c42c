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
import dev.allotment.webhook.WebhookEndpointId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps the tokens that receivers of usage know this installation by, encrypted. */
final class WebhookTokens {
    private final SecretCipher cipher;

    WebhookTokens(SecretCipher cipher) {
        this.cipher = cipher;
    }

    /** @throws SaasException {@code webhook.key-missing} */
    void replace(Transaction tx, WebhookEndpointId endpoint, @Nullable String token) {
        Records<WebhookToken> tokens = tx.records(RecordTypes.WEBHOOK_TOKENS);
        tokens.deleteAll(Filter.equal(WebhookToken.ENDPOINT_ID, endpoint));
        if (token != null) {
            WebhookSecrets.requireKey(cipher);
            tokens.insert(new WebhookToken(0, endpoint, cipher.encrypt(purpose(endpoint), token)));
        }
    }

    static Optional<WebhookToken> find(Transaction tx, WebhookEndpointId endpoint) {
        return tx
                .records(RecordTypes.WEBHOOK_TOKENS)
                .list(Query.where(Filter.equal(WebhookToken.ENDPOINT_ID, endpoint)))
                .stream()
                .findFirst();
    }

    /** @throws SaasException {@code webhook.key-missing} */
    String opened(WebhookToken token) {
        return cipher.decrypt(purpose(token.endpointId()), token.sealed())
                .orElseThrow(() -> WebhookSecrets.keyMissing("The token of webhook endpoint " + token.endpointId()
                        + " was encrypted with another secret key. Give this process that key, or replace the token."));
    }

    /** Encrypts with the first key what another one has encrypted. Returns how many tokens. */
    int renew(Transaction tx) {
        if (!cipher.hasOlderKeys()) {
            return 0;
        }
        Records<WebhookToken> tokens = tx.records(RecordTypes.WEBHOOK_TOKENS);
        int renewed = 0;
        for (WebhookToken each : tokens.list(Query.all())) {
            String purpose = purpose(each.endpointId());
            if (!cipher.isCurrent(purpose, each.sealed())
                    && tokens.lock(each.id()).filter(each::equals).isPresent()) {
                tokens.update(new WebhookToken(each.id(), each.endpointId(), cipher.encrypt(purpose, opened(each))));
                renewed++;
            }
        }
        return renewed;
    }

    private static String purpose(WebhookEndpointId endpoint) {
        return "token of webhook endpoint " + endpoint;
    }
}
