// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.Group;
import dev.allotment.Lookup;
import java.util.function.Function;

/** The fields of {@code res.groups} that are the same in every database. */
final class GroupFields {
    private GroupFields() {}

    static <V> TableBuilder<V, Group> of(String model, Function<V, ? extends Lookup<?, Group>> lookup) {
        return new TableBuilder<V, Group>(model, lookup, group -> group.id().value())
                .called(Group::name, "name")
                .ordered("name")
                .text("name", "Name", "name", Group::name)
                .text("full_name", "Group Name", "name", Group::name);
    }
}
