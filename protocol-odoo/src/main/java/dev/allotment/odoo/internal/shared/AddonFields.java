// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.AddonStatus;
import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.RecordField;
import dev.allotment.odoo.internal.model.DomainConditions;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The fields of {@code ir.module.module}. */
public final class AddonFields {
    private static final String INSTALLED = "installed";
    private static final String UNINSTALLED = "uninstalled";

    private AddonFields() {}

    public static <V> ModelTableBuilder<V, AddonStatus> of(Function<V, ? extends Lookup<?, AddonStatus>> lookup) {
        return new ModelTableBuilder<V, AddonStatus>("ir.module.module", lookup, AddonStatus::id)
                .named(AddonStatus::title, "title", "name")
                .ordered("name")
                .text("name", "Technical Name", "name", AddonStatus::name)
                .text("shortdesc", "Module Name", "title", AddonStatus::title)
                .field(Field.<V, AddonStatus>of(
                                "state",
                                FieldType.SELECTION,
                                "Status",
                                INSTALLED,
                                ModelTableBuilder.plain(addon -> addon.installed() ? INSTALLED : UNINSTALLED))
                        .choosing(List.of(List.of(UNINSTALLED, "Not Installed"), List.of(INSTALLED, "Installed")))
                        .searched(DomainConditions.oneOf(caller -> Map.of(
                                INSTALLED, Filter.equal(RecordField.named(INSTALLED), true),
                                UNINSTALLED, Filter.equal(RecordField.named(INSTALLED), false)))))
                .text("installed_version", "Installed Version", "installedVersion", AddonStatus::installedVersion)
                .text("latest_version", "Latest Version", "latestVersion", AddonStatus::latestVersion);
    }
}
