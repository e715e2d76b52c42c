// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A database server that holds tenants.
 *
 * @param name unique; the server that a backend itself stands for is called {@link #DEFAULT_NAME}
 * @param active an inactive server takes no new tenant; those it has stay
 * @param sequence servers are tried in this order, smallest first
 * @param host where its tenants are reached, for people
 * @param odooVersion what clients are told that it speaks, such as {@code 17.0}
 * @param clientsHostTemplate host of a tenant from {@code {dbname}}, {@code {base_saas_domain}} and {@code
 *     {base_saas_domain_1}} (the base domain without its first label), or a host and a path that ends with {@code
 *     /{dbname}}; null: the database name, followed by the base domain where the name has no dot
 */
public record Server(
        ServerId id,
        String name,
        boolean active,
        int sequence,
        String host,
        String odooVersion,
        @Nullable String clientsHostTemplate,
        Instant createdAt) {
    public static final String DEFAULT_NAME = "default";

    public Server withName(String value) {
        return new Server(id, value, active, sequence, host, odooVersion, clientsHostTemplate, createdAt);
    }

    public Server withActive(boolean value) {
        return new Server(id, name, value, sequence, host, odooVersion, clientsHostTemplate, createdAt);
    }

    public Server withSequence(int value) {
        return new Server(id, name, active, value, host, odooVersion, clientsHostTemplate, createdAt);
    }

    public Server withHost(String value) {
        return new Server(id, name, active, sequence, value, odooVersion, clientsHostTemplate, createdAt);
    }

    public Server withOdooVersion(String value) {
        return new Server(id, name, active, sequence, host, value, clientsHostTemplate, createdAt);
    }

    public Server withClientsHostTemplate(@Nullable String value) {
        return new Server(id, name, active, sequence, host, odooVersion, value, createdAt);
    }
}
