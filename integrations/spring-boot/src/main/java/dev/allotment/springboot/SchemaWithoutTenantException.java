// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import java.sql.SQLException;

/** Hibernate wants to create, change or check a schema, but there is no tenant whose schema this would be. */
final class SchemaWithoutTenantException extends SQLException {
    private static final long serialVersionUID = 1L;

    SchemaWithoutTenantException() {
        super("Hibernate wants to read or change a schema while no tenant is current.");
    }
}
