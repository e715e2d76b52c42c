// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command to repair what a check finds: {@code RepairRequest.builder().build()}.
 *
 * <p>Immutable.
 *
 * @param server the only server that is checked and repaired; null: all
 * @param drop the names of databases and the identities of logins that are dropped, although a customer may need them:
 *     those with the codes {@link FindingCode#ORPHAN}, {@link FindingCode#ORPHAN_LOGIN} and
 *     {@link FindingCode#RETURNED}
 */
public record RepairRequest(@Nullable ServerId server, List<String> drop) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public RepairRequest {
        drop = List.copyOf(drop);
    }

    /** Starts a builder. The builder methods name the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder().server(server).drop(drop);
    }

    /** Collects the parts of {@link RepairRequest}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable ServerId server;
        private List<String> drop = List.of();

        private Builder() {}

        /** Sets {@link RepairRequest#server}: the only server that is repaired. Default: null, all. */
        public Builder server(@Nullable ServerId value) {
            server = value;
            return this;
        }

        /**
         * Sets {@link RepairRequest#drop}: the names of databases and the identities of logins that are dropped,
         * although a customer may need them. Default: empty.
         */
        public Builder drop(List<String> value) {
            drop = value;
            return this;
        }

        /** Creates the record. */
        public RepairRequest build() {
            return new RepairRequest(server, drop);
        }
    }
}
