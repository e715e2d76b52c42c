// SPDX-License-Identifier: Apache-2.0
package dev.allotment.liquibase;

import liquibase.CatalogAndSchema.CatalogAndSchemaCase;
import liquibase.database.core.H2Database;

/** H2 as the embedded backend sets it up, which stores names in lower case. Liquibase expects upper case. */
final class EmbeddedH2 extends H2Database {
    EmbeddedH2() {
        unquotedObjectsAreUppercased = false;
    }

    @Override
    public CatalogAndSchemaCase getSchemaAndCatalogCase() {
        return CatalogAndSchemaCase.LOWER_CASE;
    }
}
