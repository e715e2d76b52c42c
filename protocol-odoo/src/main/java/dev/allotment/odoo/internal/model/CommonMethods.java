// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods that most models have, as the documentation of a server describes them. */
enum CommonMethods {
    SEARCH(true, "list[int]", "The ids of the records that match the domain."),
    SEARCH_COUNT(true, "int", "How many records match the domain."),
    SEARCH_READ(true, "list[dict]", "The fields of the records that match the domain."),
    READ(true, "list[dict]", "The fields of these records. Records that do not exist are left out."),
    READ_GROUP(true, "list[dict]", "The records that match the domain, by the values of fields."),
    FIELDS_GET(true, "dict", "The fields of the model, with their attributes."),
    FIELDS_GET_KEYS(true, "list[str]", "The names of the fields of the model."),
    NAME_SEARCH(true, "list", "Pairs of id and name of the records with a matching name."),
    NAME_GET(true, "list", "Pairs of id and name of these records."),
    DEFAULT_GET(true, "dict", "Always empty: create fills in missing values."),
    CHECK_ACCESS_RIGHTS(true, "bool", "Whether the caller may do this to every record."),
    HAS_ACCESS(true, "bool", "Whether the caller may do this, and sees all of these records."),
    CHECK_ACCESS(true, "bool", "Fails unless has_access is true."),
    CREATE(false, "list[int]", "Creates records, and returns their ids."),
    WRITE(false, "bool", "Changes these records."),
    UNLINK(false, "bool", "Removes these records.");

    /** The types of arguments that have the same meaning in every method, in Python. */
    static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("domain", "list"),
            Map.entry("fields", "list[str]"),
            Map.entry("groupby", "list[str]"),
            Map.entry("offset", "int"),
            Map.entry("limit", "int"),
            Map.entry("order", "str"),
            Map.entry("orderby", "str"),
            Map.entry("lazy", "bool"),
            Map.entry("load", "str"),
            Map.entry("operation", "str"),
            Map.entry("operator", "str"),
            Map.entry("vals", "dict"),
            Map.entry("vals_list", "list[dict]"),
            Map.entry("idempotency_key", "str"),
            Map.entry("async", "bool"));

    private final boolean reads;
    private final String result;
    private final String text;

    CommonMethods(boolean reads, String result, String text) {
        this.reads = reads;
        this.result = result;
        this.text = text;
    }

    static @Nullable CommonMethods of(String method) {
        for (CommonMethods each : values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(method)) {
                return each;
            }
        }
        return null;
    }

    /** Whether it changes nothing. */
    boolean reads() {
        return reads;
    }

    /** The type of the result, in Python. */
    String result() {
        return result;
    }

    String text() {
        return text;
    }
}
