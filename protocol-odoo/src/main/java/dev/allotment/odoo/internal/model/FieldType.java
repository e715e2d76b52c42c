// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import java.util.Locale;

/** The types of fields, as {@code fields_get} names them. */
public enum FieldType {
    INTEGER,
    CHAR,
    TEXT,
    BOOLEAN,
    DATETIME,
    SELECTION,
    MANY2ONE,
    ONE2MANY,
    MANY2MANY,
    JSON;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
