// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import dev.allotment.CustomerId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.parameter.MainParameters;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The addresses to which providers send browsers back. A provider of one customer cannot have a browser come
 * back from the provider of another customer to its own address, which is not registered there: so a mixed-up answer
 * arrives at a place where it is refused.
 */
record Callbacks(CoreContext context) {
    private static final String PATH = "/web/login/openid/";

    /** The last part of the path. */
    static String place(@Nullable CustomerId customer) {
        return customer == null ? "all" : "customer-" + customer;
    }

    URI of(@Nullable CustomerId customer) {
        String base = new MainParameters(context.catalog()).baseUrl().toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + PATH + place(customer));
    }
}
