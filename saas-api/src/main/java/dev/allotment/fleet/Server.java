// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.ServerId;
import dev.allotment.backup.Backups;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A database server that stores tenant databases.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before the server is stored
 * @param name unique; the backend's own server is called {@value #DEFAULT_NAME}
 * @param active an inactive server gets no new tenants; its tenants stay
 * @param sequence position in lists, smallest first; also decides between servers that are equally good for a new
 *     database
 * @param host where its tenants are reached; for display
 * @param odooVersion the version that clients of Odoo see, such as {@code 17.0}
 * @param clientsHostTemplate the host of a tenant, made from {@code {dbname}}, {@code {base_saas_domain}} and {@code
 *     {base_saas_domain_1}} (its last two labels), or a host and a path that ends with {@code /{dbname}}; null: the
 *     database name, followed by the base domain if the name contains no dot
 * @param createdAt when the record was created; set by the control plane
 * @param backend the name of the backend provider that connects to it, such as {@code postgres}; null: the backend of
 *     the catalog
 * @param settings the provider's settings, such as {@code url} and {@code user}; the password is stored separately by
 *     {@link Servers}
 * @param capacity how many databases are planned for it, including spares and templates; it takes more only if no
 *     other server has room, up to a limit of the control plane
 * @param weight free capacity times weight decides which server gets a new database; 0: only tenants of plans that
 *     name this server
 * @param draining the server gets no new tenants and its spares are removed, because it will be emptied
 * @param lost whether its {@link #state} is not {@link State#IN_USE}
 * @param labels its properties by key, such as {@code eu} for the key {@code region}: see {@link #REQUIRED_LABEL}. Keys
 *     and values consist of 1 to 50 lowercase letters, digits, dots, underscores and hyphens, and start with a letter
 *     or a digit; at most 50
 * @param source whether its {@link #state} is {@link State#SOURCE}
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
        boolean lost,
        Map<String, String> labels,
        boolean source) {
    /** What a server is used for. */
    public enum State {
        /** It has the databases of tenants. */
        IN_USE,

        /** It was {@linkplain Servers#giveUp given up}: nothing connects to it. */
        GIVEN_UP,

        /**
         * It is a copy from the past, such as a server that was restored to a point in time. It has databases with the
         * names and identities of tenants, so nothing connects to it, except to read its health, and {@linkplain
         * Backups#createFrom single tenants}. Decided when the server is registered.
         */
        SOURCE
    }

    /**
     * The key of the label that says how many gigabytes of databases are planned for the server, such as {@code
     * disk-gb=500}. A server whose databases have reached it gets new ones only if no other server has room.
     */
    public static final String DISK_LABEL = "disk-gb";

    private static final long GIGABYTE = 1_000_000_000L;
    private static final int MAX_DIGITS = 9;

    /** The name of the server that a backend itself provides. */
    public static final String DEFAULT_NAME = "default";

    /** The default of {@link #capacity}: 1,000 databases. */
    public static final int DEFAULT_CAPACITY = 1000;

    /** The default of {@link #weight}: 100. */
    public static final int DEFAULT_WEIGHT = 100;

    /**
     * The prefix of the keys of attributes that require a label of the server. If a tenant, its customer or its plan
     * has the attribute {@code server.region} with the value {@code eu}, its database is only placed on servers with
     * the label {@code region=eu}: when it is created, copied, restored, adopted or moved. An existing database stays
     * where it is.
     */
    public static final String REQUIRED_LABEL = "server.";

    public static final RecordField<Server, ServerId> ID = RecordField.of("id");
    public static final RecordField<Server, String> NAME = RecordField.of("name");
    public static final RecordField<Server, Boolean> ACTIVE = RecordField.of("active");
    public static final RecordField<Server, Integer> SEQUENCE = RecordField.of("sequence");
    public static final RecordField<Server, String> HOST = RecordField.of("host");
    public static final RecordField<Server, String> ODOO_VERSION = RecordField.of("odooVersion");
    public static final RecordField<Server, String> CLIENTS_HOST_TEMPLATE = RecordField.of("clientsHostTemplate");
    public static final RecordField<Server, Instant> CREATED_AT = RecordField.of("createdAt");
    public static final RecordField<Server, String> BACKEND = RecordField.of("backend");
    public static final RecordField<Server, Integer> CAPACITY = RecordField.of("capacity");
    public static final RecordField<Server, Integer> WEIGHT = RecordField.of("weight");
    public static final RecordField<Server, Boolean> DRAINING = RecordField.of("draining");
    public static final RecordField<Server, Boolean> LOST = RecordField.of("lost");
    public static final RecordField<Server, Boolean> SOURCE = RecordField.of("source");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public Server {
        settings = Map.copyOf(settings);
        labels = Map.copyOf(labels);
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns what the server is used for. */
    public State state() {
        if (source) {
            return State.SOURCE;
        }
        return lost ? State.GIVEN_UP : State.IN_USE;
    }

    /**
     * Returns how many bytes of databases are planned for the server, see {@link #DISK_LABEL}; 0: it is not planned.
     */
    public long plannedBytes() {
        String label = labels.getOrDefault(DISK_LABEL, "");
        return label.matches("[0-9]{1," + MAX_DIGITS + "}") ? Long.parseLong(label) * GIGABYTE : 0;
    }

    /** Returns whether the server accepts new databases, if it has room. */
    public boolean inService() {
        return active && !draining && !lost;
    }

    /** Collects the parts of {@link Server}. Not safe for use by several threads. */
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
        private Map<String, String> labels = Map.of();
        private boolean source;

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
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
            labels = from.labels;
            source = from.source;
        }

        /** Sets {@link Server#id}. Default: 0. */
        public Builder id(ServerId value) {
            id = value;
            return this;
        }

        /** Sets {@link Server#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link Server#active}. Default: true. */
        public Builder active(boolean value) {
            active = value;
            return this;
        }

        /** Sets {@link Server#sequence}. Default: 10. */
        public Builder sequence(int value) {
            sequence = value;
            return this;
        }

        /** Sets {@link Server#host}. Default: {@code localhost}. */
        public Builder host(String value) {
            host = value;
            return this;
        }

        /** Sets {@link Server#odooVersion}. Default: 17.0. */
        public Builder odooVersion(String value) {
            odooVersion = value;
            return this;
        }

        /** Sets {@link Server#clientsHostTemplate}. Default: null. */
        public Builder clientsHostTemplate(@Nullable String value) {
            clientsHostTemplate = value;
            return this;
        }

        /** Sets {@link Server#createdAt}. Default: {@code 1970-01-01T00:00:00Z}. */
        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        /** Sets {@link Server#backend}. Default: null. */
        public Builder backend(@Nullable String value) {
            backend = value;
            return this;
        }

        /** Sets {@link Server#settings}. Default: none. */
        public Builder settings(Map<String, String> value) {
            settings = value;
            return this;
        }

        /** Sets {@link Server#capacity}. Default: {@code DEFAULT_CAPACITY}. */
        public Builder capacity(int value) {
            capacity = value;
            return this;
        }

        /** Sets {@link Server#weight}. Default: {@code DEFAULT_WEIGHT}. */
        public Builder weight(int value) {
            weight = value;
            return this;
        }

        /** Sets {@link Server#draining}. Default: false. */
        public Builder draining(boolean value) {
            draining = value;
            return this;
        }

        /** Sets {@link Server#state}. Default: IN_USE. */
        public Builder state(State value) {
            lost = value != State.IN_USE;
            source = value == State.SOURCE;
            return this;
        }

        /** Sets {@link Server#labels}. Default: none. */
        public Builder labels(Map<String, String> value) {
            labels = value;
            return this;
        }

        /**
         * Sets one of the {@link Server#labels} and keeps the others. Default: none.
         *
         * @param value null: removes the label
         */
        public Builder label(String key, @Nullable String value) {
            Map<String, String> changed = new HashMap<>(labels);
            if (value == null) {
                changed.remove(key);
            } else {
                changed.put(key, value);
            }
            labels = changed;
            return this;
        }

        /**
         * Creates the record. It checks no value: {@link Servers#create(Server, String)} and {@link Servers#update}
         * refuse wrong ones, all at once, with {@code server.invalid}.
         */
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
                    lost,
                    labels,
                    source);
        }
    }
}
