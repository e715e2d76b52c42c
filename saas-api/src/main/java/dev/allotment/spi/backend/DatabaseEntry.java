// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One database in the inventory of a server: what the server has for an identity.
 *
 * <p>Immutable.
 *
 * @param uuid the identity
 * @param name the present name of the database; null: the database is gone, and only something that belonged to it is
 *     left, such as its login
 * @param finished whether it was created completely, and is not half removed
 * @param open whether its application can connect; null: unknown
 * @param flaws what is not as this backend sets it, such as privileges of others; each is a clause like {@code other
 *     roles have privileges on it}, without names or secrets
 * @param token the fencing token of the last change; null: none is stored
 */
public record DatabaseEntry(
        UUID uuid,
        @Nullable String name,
        boolean finished,
        @Nullable Boolean open,
        List<String> flaws,
        @Nullable FencingToken token) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public DatabaseEntry {
        flaws = List.copyOf(flaws);
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(UUID uuid, @Nullable String name) {
        return new Builder(uuid, name);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(uuid, name).finished(finished).open(open).flaws(flaws).token(token);
    }

    /** Collects the parts of {@link DatabaseEntry}. Not safe for use by several threads. */
    public static final class Builder {
        private UUID uuid;
        private @Nullable String name;
        private boolean finished = true;
        private @Nullable Boolean open;
        private List<String> flaws = List.of();
        private @Nullable FencingToken token;

        private Builder(UUID uuid, @Nullable String name) {
            this.uuid = uuid;
            this.name = name;
        }

        /** Sets {@link DatabaseEntry#uuid}: the identity. */
        public Builder uuid(UUID value) {
            uuid = value;
            return this;
        }

        /** Sets {@link DatabaseEntry#name}: the present name of the database; null: the database is gone. */
        public Builder name(@Nullable String value) {
            name = value;
            return this;
        }

        /**
         * Sets {@link DatabaseEntry#finished}: whether it was created completely, and is not half removed. Default:
         * true.
         */
        public Builder finished(boolean value) {
            finished = value;
            return this;
        }

        /** Sets {@link DatabaseEntry#open}: whether its application can connect. Default: null, unknown. */
        public Builder open(@Nullable Boolean value) {
            open = value;
            return this;
        }

        /** Sets {@link DatabaseEntry#flaws}: what is not as this backend sets it. Default: empty. */
        public Builder flaws(List<String> value) {
            flaws = value;
            return this;
        }

        /** Sets {@link DatabaseEntry#token}: the fencing token of the last change. Default: null, none. */
        public Builder token(@Nullable FencingToken value) {
            token = value;
            return this;
        }

        /** Creates the record. */
        public DatabaseEntry build() {
            return new DatabaseEntry(uuid, name, finished, open, flaws, token);
        }
    }
}
