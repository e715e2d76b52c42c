// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The health and the load of a database server.
 *
 * <p>Immutable.
 *
 * @param server the server
 * @param health the result of the last health check; up if there was none
 * @param askedAt when this process last checked the server; null: never
 * @param databases databases of tenants (including soft-deleted ones) and templates, and spares
 * @param crowded whether it has more databases than the control plane wants on one server
 * @param full whether it takes no more databases
 */
public record ServerStatus(
        Server server, Health health, @Nullable Instant askedAt, long databases, boolean crowded, boolean full) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public ServerStatus {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(Server server, Health health) {
        return new Builder(server, health);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link ServerStatus}. Not safe for use by several threads. */
    public static final class Builder {
        private Server server;
        private Health health;
        private @Nullable Instant askedAt;
        private long databases;
        private boolean crowded;
        private boolean full;

        private Builder(Server server, Health health) {
            this.server = server;
            this.health = health;
        }

        private Builder(ServerStatus from) {
            server = from.server;
            health = from.health;
            askedAt = from.askedAt;
            databases = from.databases;
            crowded = from.crowded;
            full = from.full;
        }

        /** Sets {@link ServerStatus#server}: the server. */
        public Builder server(Server value) {
            server = value;
            return this;
        }

        /** Sets {@link ServerStatus#health}: the result of the last health check; up if there was none. */
        public Builder health(Health value) {
            health = value;
            return this;
        }

        /**
         * Sets {@link ServerStatus#askedAt}: when this process last checked the server; null: never. Default: null.
         */
        public Builder askedAt(@Nullable Instant value) {
            askedAt = value;
            return this;
        }

        /**
         * Sets {@link ServerStatus#databases}: databases of tenants (including soft-deleted ones) and templates, and
         * spares. Default: 0.
         */
        public Builder databases(long value) {
            databases = value;
            return this;
        }

        /**
         * Sets {@link ServerStatus#crowded}: whether it has more databases than the control plane wants on one server.
         * Default: false.
         */
        public Builder crowded(boolean value) {
            crowded = value;
            return this;
        }

        /** Sets {@link ServerStatus#full}: whether it takes no more databases. Default: false. */
        public Builder full(boolean value) {
            full = value;
            return this;
        }

        /** Creates the record. */
        public ServerStatus build() {
            return new ServerStatus(server, health, askedAt, databases, crowded, full);
        }
    }
}
