// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.time.Instant;

/**
 * A node that works on the catalog, or did so a few minutes ago. Nodes of two program versions can work on one catalog.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before it is stored
 * @param name the name that its builder was given; unique
 * @param version the version of the library; {@code development} if the jar has none
 * @param schemaVersion the version of the catalog's schema that it knows; 0 if its backend has no versions
 * @param lastSeenAt when it last reported, which it does about every ten seconds
 */
public record Node(long id, String name, String version, int schemaVersion, Instant lastSeenAt) {
    public static final RecordField<Node, Long> ID = RecordField.of("id");
    public static final RecordField<Node, String> NAME = RecordField.of("name");
    public static final RecordField<Node, String> VERSION = RecordField.of("version");
    public static final RecordField<Node, Integer> SCHEMA_VERSION = RecordField.of("schemaVersion");
    public static final RecordField<Node, Instant> LAST_SEEN_AT = RecordField.of("lastSeenAt");

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public Node {}
}
