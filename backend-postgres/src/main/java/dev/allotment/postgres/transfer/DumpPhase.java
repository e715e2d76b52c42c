// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

/** The order in which objects are created on the other server, unless one needs the other. */
enum DumpPhase {
    SCHEMA,
    EXTENSION,
    TYPE,
    FUNCTION,
    SEQUENCE,
    /** Tables, each by itself. */
    TABLE,
    VIEW,
    /** Makes tables partitions or children of other tables. Rows are loaded before this phase. */
    INHERITANCE,
    /** Defaults, checks, keys, and which column a sequence belongs to. */
    CONSTRAINT,
    INDEX,
    STATISTICS,
    MATERIALIZED_VIEW,
    /** Makes indexes partitions of the indexes of partitioned tables. */
    INDEX_PARTITION,
    FOREIGN_KEY,
    /** Triggers, rules and policies, which run code of the tenant for rows. */
    TRIGGER
}
