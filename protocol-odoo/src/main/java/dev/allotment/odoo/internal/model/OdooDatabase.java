// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.fault.OdooFault;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One database as clients of Odoo see it: users who can be authenticated, and models. */
public interface OdooDatabase {
    /**
     * The user with this login; empty whatever is wrong.
     *
     * @throws OdooFault ACCESS_DENIED where too many failures came before, whatever the password
     */
    OptionalLong authenticate(String login, String password, @Nullable String clientAddress);

    /** Whether this is the password of this user. */
    boolean authenticates(long uid, String password, @Nullable String clientAddress);

    /**
     * Calls a method with the rights of a user who has been authenticated.
     *
     * @param clientAddress the caller's address, for the audit log; null: not known
     * @throws OdooFault ACCESS_DENIED where the user is not active any more, and as the method does
     */
    Object call(
            long uid, String model, String method, List<?> args, Map<String, ?> kwargs, @Nullable String clientAddress);

    /** What a web client is told about a user who has been authenticated. */
    Account account(long uid);

    /**
     * A user.
     *
     * @param partner the customer behind it; null: none, inside a client database
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
