// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.hook.Addon;
import java.util.List;
import java.util.Optional;

/** An add-on without tables. The script of one of them names a table all the same. */
record DemoAddon(String name, String version, String title, List<String> dependencies, List<GroupDefinition> groups)
        implements Addon {

    static final String BROKEN = "broken";

    static final List<Addon> ALL = List.of(
            new DemoAddon("sale", "Sales", List.of(), new GroupDefinition("base.group_sale_manager", "Manager", false)),
            new DemoAddon(
                    "stock",
                    "<b>Stock</b>",
                    List.of(),
                    new GroupDefinition("group_stock_keeper", "<evil-tag>Keeper</evil-tag>", true)),
            new DemoAddon("point_of_sale", "Point of Sale", List.of("sale", "stock")),
            new DemoAddon(BROKEN, "Broken", List.of()));

    DemoAddon(String name, String title, List<String> dependencies, GroupDefinition... groups) {
        this(name, "1.0", title, dependencies, List.of(groups));
    }

    @Override
    public List<Migration> migrations(String dialect) {
        if (name.equals(BROKEN)) {
            throw SaasException.conflict(ErrorCodes.ADDON_FAILED, "It failed <evil-tag>on purpose</evil-tag>.");
        }
        return List.of();
    }

    @Override
    public Optional<String> uninstallScript(String dialect) {
        return name.equals("stock") ? Optional.of("drop table stock_move; delete from other") : Optional.empty();
    }
}
