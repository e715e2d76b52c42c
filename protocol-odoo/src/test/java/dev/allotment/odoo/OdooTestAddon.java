// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.hook.Addon;
import java.util.List;
import java.util.Optional;

/** An add-on without tables. */
record OdooTestAddon(String name, String version, String title, List<String> dependencies, List<GroupDefinition> groups)
        implements Addon {

    /** The add-ons of the seed document. */
    static final List<Addon> ALL = List.of(
            new OdooTestAddon(
                    "sale", List.of(), new GroupDefinition("base.group_sale_manager", "Sales Manager", false)),
            new OdooTestAddon("stock", List.of(), new GroupDefinition("group_stock_manager", "Stock Manager", false)),
            new OdooTestAddon("point_of_sale", List.of("sale", "stock")),
            new OdooTestAddon(
                    "access_settings_menu",
                    List.of(),
                    new GroupDefinition("group_show_settings_menu", "Show Settings Menu", false)),
            new OdooTestAddon(
                    "access_apps", List.of(), new GroupDefinition("group_show_modules_menu", "Show Apps Menu", true)));

    OdooTestAddon(String name, List<String> dependencies, GroupDefinition... groups) {
        this(name, "1.0", name.replace('_', ' '), dependencies, List.of(groups));
    }

    @Override
    public List<Migration> migrations(String dialect) {
        return List.of();
    }

    @Override
    public Optional<String> uninstallScript(String dialect) {
        return Optional.empty();
    }
}
