// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.tenant;

import java.util.UUID;

/** The portal, as the place where the users of a tenant database sign in. */
public record OAuthProvider(long id, String name, UUID clientId, String portal) {
    String authEndpoint() {
        return portal + "/oauth2/auth";
    }

    String validationEndpoint() {
        return portal + "/oauth2/tokeninfo";
    }
}
