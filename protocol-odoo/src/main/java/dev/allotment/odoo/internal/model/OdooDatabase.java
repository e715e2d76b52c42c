// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.OdooIdentity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One database as clients of Odoo see it: its users and its models. */
public interface OdooDatabase {
    /**
     * Checks a login and a password. Returns the user, or empty if they are wrong for any reason.
     *
     * @throws OdooFault ACCESS_DENIED after too many failures, regardless of the password
     */
    Optional<OdooIdentity> authenticate(String login, String password, @Nullable String clientAddress);

    /**
     * Checks a login and a password or an API key. Returns the id of the user, or empty if they are wrong for any
     * reason.
     *
     * @throws OdooFault ACCESS_DENIED after too many failures, regardless of the password
     */
    OptionalLong authenticateWithKey(String login, String passwordOrKey, @Nullable String clientAddress);

    /**
     * Checks the password or an API key of a user, and calls a method with the user's rights and within the scope of
     * the key.
     *
     * @throws OdooFault ACCESS_DENIED if it is neither, or the fault of the method itself
     */
    Object call(
            long uid,
            String passwordOrKey,
            String model,
            String method,
            List<?> args,
            Map<String, ?> kwargs,
            @Nullable String clientAddress);

    /**
     * Calls a method with the rights of an authenticated user.
     *
     * @param clientAddress the client address, for the audit log; null if it is not known
     * @throws OdooFault ACCESS_DENIED if there is no such active user any more, or the fault of the method itself
     */
    Object call(
            OdooIdentity user,
            String model,
            String method,
            List<?> args,
            Map<String, ?> kwargs,
            @Nullable String clientAddress);

    /**
     * Returns an authenticated user, who calls methods with named arguments.
     *
     * @param clientAddress the client address, for the audit log; null if it is not known
     * @throws OdooFault ACCESS_DENIED if there is no such active user any more
     */
    OdooUser user(OdooIdentity user, @Nullable String clientAddress);

    /**
     * Returns the user of an API key. Empty if the key is wrong for any reason.
     *
     * @param clientAddress the client address; null if it is not known
     * @throws OdooFault TOO_MANY if the caller has to wait
     */
    Optional<OdooUser> keyHolder(String key, @Nullable String clientAddress);

    /**
     * Returns the data of an authenticated user that a web client needs.
     *
     * @throws OdooFault ACCESS_DENIED if there is no such user any more
     */
    Account account(OdooIdentity user);

    /**
     * A user.
     *
     * @param partner the id of the user's customer; null inside a tenant database
     */
    record Account(
            String login,
            String name,
            String lang,
            String zone,
            boolean administrator,
            @Nullable Long partner,
            String partnerName) {}
}
