// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A database server that holds tenants.
 *
 * @param name unique; the server that a backend itself stands for is called {@link #DEFAULT_NAME}
 * @param active an inactive server takes no new tenant; those it has stay
 * @param sequence order of presentation, smallest first; decides where two servers are equally good for a new database
 * @param host where its tenants are reached, for people
 * @param odooVersion what clients are told that it speaks, such as {@code 17.0}
 * @param clientsHostTemplate host of a tenant from {@code {dbname}}, {@code {base_saas_domain}} and {@code
 *     {base_saas_domain_1}} (its last two labels), or a host and a path that ends with {@code
 *     /{dbname}}; null: the database name, followed by the base domain where the name has no dot
 * @param backend the name of the provider that knows the way to it, such as {@code postgres}; null: the backend that the
 *     catalog is on, which knows it by its name
 * @param settings for that provider, such as {@code url} and {@code user}; no password, which {@link Servers} keeps apart
 * @param capacity how many databases are planned for it, spares and templates included; more are taken where no other
 *     server has room, up to a limit of the control plane
 * @param weight free capacity times weight decides which server gets a new database; 0: only those of plans that are set
 *     to it
 * @param draining as inactive, and its spares are given up: it is about to be emptied
 * @param lost it was {@link Servers#giveUp given up}: nobody asks it for anything any more
 */
public record Server(
        ServerId id,
        String name,
        boolean active,
        int sequence,
        String host,
        String odooVersion,
        @Nullable String clientsHostTemplate,
        Instant createdAt,
        @Nullable String backend,
        Map<String, String> settings,
        int capacity,
        int weight,
        boolean draining,
        boolean lost) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Server, ServerId> ID = RecordField.of("id");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<Server, String> NAME = RecordField.of("name");

    /** The field {@code active}, for filters and sort keys. */
    public static final RecordField<Server, Boolean> ACTIVE = RecordField.of("active");

    /** The field {@code sequence}, for filters and sort keys. */
    public static final RecordField<Server, Integer> SEQUENCE = RecordField.of("sequence");

    /** The field {@code host}, for filters and sort keys. */
    public static final RecordField<Server, String> HOST = RecordField.of("host");

    /** The field {@code odooVersion}, for filters and sort keys. */
    public static final RecordField<Server, String> ODOO_VERSION = RecordField.of("odooVersion");

    /** The field {@code clientsHostTemplate}, for filters and sort keys. */
    public static final RecordField<Server, String> CLIENTS_HOST_TEMPLATE = RecordField.of("clientsHostTemplate");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<Server, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code backend}, for filters and sort keys. */
    public static final RecordField<Server, String> BACKEND = RecordField.of("backend");

    /** The field {@code capacity}, for filters and sort keys. */
    public static final RecordField<Server, Integer> CAPACITY = RecordField.of("capacity");

    /** The field {@code weight}, for filters and sort keys. */
    public static final RecordField<Server, Integer> WEIGHT = RecordField.of("weight");

    /** The field {@code draining}, for filters and sort keys. */
    public static final RecordField<Server, Boolean> DRAINING = RecordField.of("draining");

    /** The field {@code lost}, for filters and sort keys. */
    public static final RecordField<Server, Boolean> LOST = RecordField.of("lost");

    public static final String DEFAULT_NAME = "default";
    public static final int DEFAULT_CAPACITY = 1000;
    public static final int DEFAULT_WEIGHT = 100;

    public Server {
        settings = Map.copyOf(settings);
    }

    /** One of the catalog's backend, with capacity and weight as by default. */
    public Server(
            ServerId id,
            String name,
            boolean active,
            int sequence,
            String host,
            String odooVersion,
            @Nullable String clientsHostTemplate,
            Instant createdAt) {
        this(
                id,
                name,
                active,
                sequence,
                host,
                odooVersion,
                clientsHostTemplate,
                createdAt,
                null,
                Map.of(),
                DEFAULT_CAPACITY,
                DEFAULT_WEIGHT,
                false,
                false);
    }

    /** One that is active, of the catalog's backend, with capacity and weight as by default. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** A builder that starts from this one. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Whether it takes new databases, as far as it has room. */
    public boolean inService() {
        return active && !draining && !lost;
    }

    public Server withName(String value) {
        return toBuilder().name(value).build();
    }

    public Server withActive(boolean value) {
        return toBuilder().active(value).build();
    }

    public Server withSequence(int value) {
        return toBuilder().sequence(value).build();
    }

    public Server withHost(String value) {
        return toBuilder().host(value).build();
    }

    public Server withOdooVersion(String value) {
        return toBuilder().odooVersion(value).build();
    }

    public Server withClientsHostTemplate(@Nullable String value) {
        return toBuilder().clientsHostTemplate(value).build();
    }

    /** Collects the parts; not safe for use by several threads. */
    public static final class Builder {
        private ServerId id = new ServerId(0);
        private String name;
        private boolean active = true;
        private int sequence = 10;
        private String host = "localhost";
        private String odooVersion = "17.0";
        private @Nullable String clientsHostTemplate;
        private Instant createdAt = Instant.EPOCH;
        private @Nullable String backend;
        private Map<String, String> settings = Map.of();
        private int capacity = DEFAULT_CAPACITY;
        private int weight = DEFAULT_WEIGHT;
        private boolean draining;
        private boolean lost;

        private Builder(String name) {
            this.name = name;
        }

        private Builder(Server from) {
            id = from.id;
            name = from.name;
            active = from.active;
            sequence = from.sequence;
            host = from.host;
            odooVersion = from.odooVersion;
            clientsHostTemplate = from.clientsHostTemplate;
            createdAt = from.createdAt;
            backend = from.backend;
            settings = from.settings;
            capacity = from.capacity;
            weight = from.weight;
            draining = from.draining;
            lost = from.lost;
        }

        public Builder id(ServerId value) {
            id = value;
            return this;
        }

        public Builder name(String value) {
            name = value;
            return this;
        }

        public Builder active(boolean value) {
            active = value;
            return this;
        }

        public Builder sequence(int value) {
            sequence = value;
            return this;
        }

        public Builder host(String value) {
            host = value;
            return this;
        }

        public Builder odooVersion(String value) {
            odooVersion = value;
            return this;
        }

        public Builder clientsHostTemplate(@Nullable String value) {
            clientsHostTemplate = value;
            return this;
        }

        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        public Builder backend(@Nullable String value) {
            backend = value;
            return this;
        }

        public Builder settings(Map<String, String> value) {
            settings = Map.copyOf(value);
            return this;
        }

        public Builder capacity(int value) {
            capacity = value;
            return this;
        }

        public Builder weight(int value) {
            weight = value;
            return this;
        }

        public Builder draining(boolean value) {
            draining = value;
            return this;
        }

        public Builder lost(boolean value) {
            lost = value;
            return this;
        }

        public Server build() {
            return new Server(
                    id,
                    name,
                    active,
                    sequence,
                    host,
                    odooVersion,
                    clientsHostTemplate,
                    createdAt,
                    backend,
                    settings,
                    capacity,
                    weight,
                    draining,
                    lost);
        }
    }
}
