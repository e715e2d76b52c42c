// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.spi.backend.Databases;

/** A tenant whose database is empty at first. */
record Empty() implements Created {
    @Override
    public NewTenant make(Creation creation) {
        return creation.made(Databases::create);
    }
}
