// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.Lookup;
import dev.allotment.access.Group;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import java.util.function.Function;

/** The fields of {@code res.groups} that both kinds of database have. */
public final class GroupFields {
    private GroupFields() {}

    public static <V> ModelTableBuilder<V, Group> of(String model, Function<V, ? extends Lookup<?, Group>> lookup) {
        return new ModelTableBuilder<V, Group>(
                        model, lookup, group -> group.id().value())
                .named(Group::name, "name")
                .ordered("name")
                .text("name", "Name", "name", Group::name)
                .text("full_name", "Group Name", "name", Group::name);
    }
}
