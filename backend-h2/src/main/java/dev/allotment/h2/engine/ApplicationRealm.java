// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.engine;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.h2.engine.Database;
import org.h2.engine.User;
import org.h2.security.auth.AuthenticationInfo;
import org.h2.security.auth.Authenticator;
import org.jspecify.annotations.Nullable;

/**
 * Signs the users of applications in, with a secret of this process in place of a password. An application can change
 * the password that H2 stores for its user. If H2 compared it, the next connection would fail, and after a wrong
 * password H2 lets all databases of the process wait. Thread-safe.
 */
final class ApplicationRealm implements Authenticator {
    static final String NAME = "ALLOTMENT";

    static final ApplicationRealm INSTANCE = new ApplicationRealm();

    private static final int SECRET_BYTES = 24;

    private final String secret;

    private ApplicationRealm() {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    String secret() {
        return secret;
    }

    @Override
    public void init(Database database) {
        // It keeps nothing about databases.
    }

    /** Returns null for a wrong secret, and for administrators. */
    @Override
    public @Nullable User authenticate(AuthenticationInfo info, Database database) {
        String given = info.getPassword();
        if (given == null
                || !MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8))) {
            return null;
        }
        User user = database.findUser(info.getUserName());
        return user == null || user.isAdmin() ? null : user;
    }
}
