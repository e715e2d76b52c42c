// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import dev.allotment.odoo.OdooServices;
import dev.allotment.odoo.WebLogin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is behind the codec, as {@link OdooServices} has it; every method may throw {@link dev.allotment.odoo.fault.OdooFault}. */
interface Services {
    Object call(String service, String method, List<?> params, @Nullable String clientAddress);

    Map<String, Object> versionInfo();

    Optional<WebLogin> signIn(String db, String login, String password, @Nullable String clientAddress);

    /** Whether there is such a session. */
    boolean isOpen(String secret);

    void signOut(String secret);

    Map<String, Object> sessionInfo(String secret);

    Object callKw(
            String secret,
            String model,
            String method,
            List<?> args,
            Map<String, ?> kwargs,
            @Nullable String clientAddress);

    static Services over(OdooServices odoo) {
        return new Services() {
            @Override
            public Object call(String service, String method, List<?> params, @Nullable String clientAddress) {
                return odoo.call(service, method, params, clientAddress);
            }

            @Override
            public Map<String, Object> versionInfo() {
                return odoo.versionInfo();
            }

            @Override
            public Optional<WebLogin> signIn(String db, String login, String password, @Nullable String clientAddress) {
                return odoo.signIn(db, login, password, clientAddress);
            }

            @Override
            public boolean isOpen(String secret) {
                return odoo.session(secret).isPresent();
            }

            @Override
            public void signOut(String secret) {
                odoo.signOut(secret);
            }

            @Override
            public Map<String, Object> sessionInfo(String secret) {
                return odoo.sessionInfo(secret);
            }

            @Override
            public Object callKw(
                    String secret,
                    String model,
                    String method,
                    List<?> args,
                    Map<String, ?> kwargs,
                    @Nullable String clientAddress) {
                return odoo.callKw(secret, model, method, args, kwargs, clientAddress);
            }
        };
    }
}
