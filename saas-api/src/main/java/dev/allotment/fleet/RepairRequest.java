// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.Internal;
import dev.allotment.ServerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command to repair what a check finds: {@code RepairRequest.builder().build()}. After a report was shown, {@code
 * RepairRequest.builder().only(keys)} repairs nothing but what was chosen from it.
 *
 * <p>Immutable.
 *
 * @param server the only server that is checked and repaired; null: all
 * @param only the {@linkplain Finding#key keys} of the findings that are repaired; null: all that are safe to repair.
 *     Findings that are gone by now are left out. A repair of the name, the rights or the state of a tenant's database
 *     brings all three in line with the catalog
 * @param drop the names of databases and the identities of logins that are dropped, although a customer may need them:
 *     those with the codes {@link FindingCode#ORPHAN}, {@link FindingCode#ORPHAN_LOGIN} and
 *     {@link FindingCode#RETURNED}
 */
public record RepairRequest(
        @Nullable ServerId server, @Nullable List<String> only, List<String> drop) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public RepairRequest {
        only = only == null ? null : List.copyOf(only);
        drop = List.copyOf(drop);
    }

    /** Starts a builder. The builder methods name the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder().server(server).only(only).drop(drop);
    }

    /** Collects the parts of {@link RepairRequest}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable ServerId server;
        private @Nullable List<String> only;
        private List<String> drop = List.of();

        private Builder() {}

        /** Sets {@link RepairRequest#server}. Default: null, all. */
        public Builder server(@Nullable ServerId value) {
            server = value;
            return this;
        }

        /** Sets {@link RepairRequest#only}. Default: null. */
        public Builder only(@Nullable List<String> value) {
            only = value;
            return this;
        }

        /** Sets {@link RepairRequest#drop}. Default: empty. */
        public Builder drop(List<String> value) {
            drop = value;
            return this;
        }

        /** Creates the record. */
        public RepairRequest build() {
            return new RepairRequest(server, only, drop);
        }
    }
}
