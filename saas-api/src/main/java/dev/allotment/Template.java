// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A template: a database that is cloned for new tenants. Nothing connects to it once it is ready.
 *
 * <p>A template has several records if it has several versions, or if it is stored on several servers. They share the
 * family. Immutable.
 *
 * @param id 0 before the template is stored
 * @param name unique; the name of the database
 * @param uuid the identity of the database
 * @param serverId the database server that stores it
 * @param state whether it can be cloned
 * @param addons technical names of its add-ons with their dependencies, in the order of installation
 * @param lang the language, such as {@code en_US}
 * @param tz an IANA time zone, such as {@code UTC}
 * @param demo whether it contains demo data
 * @param createdAt when the record was created; set by the control plane
 * @param family shared by all versions of a template on all servers
 * @param version the template version, incremented when the definition changes; a plan uses one version
 * @param hash the template fingerprint: a hash of what it was built from; empty: it was adopted and cannot be rebuilt
 * @param versions the versions of its add-ons, in the order of {@code addons}
 */
public record Template(
        TemplateId id,
        String name,
        UUID uuid,
        ServerId serverId,
        TemplateState state,
        List<String> addons,
        String lang,
        String tz,
        boolean demo,
        Instant createdAt,
        UUID family,
        int version,
        String hash,
        List<String> versions) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Template, TemplateId> ID = RecordField.of("id");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<Template, String> NAME = RecordField.of("name");

    /** The field {@code uuid}, for filters and sort keys. */
    public static final RecordField<Template, UUID> UUID = RecordField.of("uuid");

    /** The field {@code serverId}, for filters and sort keys. */
    public static final RecordField<Template, ServerId> SERVER_ID = RecordField.of("serverId");

    /** The field {@code state}, for filters and sort keys. */
    public static final RecordField<Template, TemplateState> STATE = RecordField.of("state");

    /** The field {@code lang}, for filters and sort keys. */
    public static final RecordField<Template, String> LANG = RecordField.of("lang");

    /** The field {@code tz}, for filters and sort keys. */
    public static final RecordField<Template, String> TZ = RecordField.of("tz");

    /** The field {@code demo}, for filters and sort keys. */
    public static final RecordField<Template, Boolean> DEMO = RecordField.of("demo");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<Template, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code family}, for filters and sort keys. */
    public static final RecordField<Template, UUID> FAMILY = RecordField.of("family");

    /** The field {@code version}, for filters and sort keys. */
    public static final RecordField<Template, Integer> VERSION = RecordField.of("version");

    /** The field {@code hash}, for filters and sort keys. */
    public static final RecordField<Template, String> HASH = RecordField.of("hash");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public Template {
        addons = List.copyOf(addons);
        versions = List.copyOf(versions);
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(String name, UUID uuid, ServerId serverId, UUID family) {
        return new Builder(name, uuid, serverId, family);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link Template}. Not safe for use by several threads. */
    public static final class Builder {
        private TemplateId id = new TemplateId(0);
        private String name;
        private UUID uuid;
        private ServerId serverId;
        private TemplateState state = TemplateState.DRAFT;
        private List<String> addons = List.of();
        private String lang = "en_US";
        private String tz = "UTC";
        private boolean demo;
        private Instant createdAt = Instant.EPOCH;
        private UUID family;
        private int version = 1;
        private String hash = "";
        private List<String> versions = List.of();

        private Builder(String name, UUID uuid, ServerId serverId, UUID family) {
            this.name = name;
            this.uuid = uuid;
            this.serverId = serverId;
            this.family = family;
        }

        private Builder(Template from) {
            id = from.id;
            name = from.name;
            uuid = from.uuid;
            serverId = from.serverId;
            state = from.state;
            addons = from.addons;
            lang = from.lang;
            tz = from.tz;
            demo = from.demo;
            createdAt = from.createdAt;
            family = from.family;
            version = from.version;
            hash = from.hash;
            versions = from.versions;
        }

        /** Sets {@link Template#id}: 0 before the template is stored. Default: 0. */
        public Builder id(TemplateId value) {
            id = value;
            return this;
        }

        /** Sets {@link Template#name}: unique; the name of the database. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link Template#uuid}: the identity of the database. */
        public Builder uuid(UUID value) {
            uuid = value;
            return this;
        }

        /** Sets {@link Template#serverId}: the database server that stores it. */
        public Builder serverId(ServerId value) {
            serverId = value;
            return this;
        }

        /** Sets {@link Template#state}: whether it can be cloned. Default: DRAFT. */
        public Builder state(TemplateState value) {
            state = value;
            return this;
        }

        /**
         * Sets {@link Template#addons}: technical names of its add-ons with their dependencies, in the order of
         * installation. Default: none.
         */
        public Builder addons(List<String> value) {
            addons = value;
            return this;
        }

        /** Sets {@link Template#lang}: the language, such as {@code en_US}. Default: {@code en_US}. */
        public Builder lang(String value) {
            lang = value;
            return this;
        }

        /** Sets {@link Template#tz}: an IANA time zone, such as {@code UTC}. Default: UTC. */
        public Builder tz(String value) {
            tz = value;
            return this;
        }

        /** Sets {@link Template#demo}: whether it contains demo data. Default: false. */
        public Builder demo(boolean value) {
            demo = value;
            return this;
        }

        /**
         * Sets {@link Template#createdAt}: when the record was created; set by the control plane. Default:
         * 1970-01-01T00:00:00Z.
         */
        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        /** Sets {@link Template#family}: shared by all versions of a template on all servers. */
        public Builder family(UUID value) {
            family = value;
            return this;
        }

        /**
         * Sets {@link Template#version}: the template version, incremented when the definition changes; a plan uses
         * one version. Default: 1.
         */
        public Builder version(int value) {
            version = value;
            return this;
        }

        /**
         * Sets {@link Template#hash}: the template fingerprint: a hash of what it was built from; empty: it was
         * adopted and cannot be rebuilt. Default: empty.
         */
        public Builder hash(String value) {
            hash = value;
            return this;
        }

        /**
         * Sets {@link Template#versions}: the versions of its add-ons, in the order of {@code addons}. Default: none.
         */
        public Builder versions(List<String> value) {
            versions = value;
            return this;
        }

        /** Creates the record. */
        public Template build() {
            return new Template(
                    id, name, uuid, serverId, state, addons, lang, tz, demo, createdAt, family, version, hash,
                    versions);
        }
    }
}
