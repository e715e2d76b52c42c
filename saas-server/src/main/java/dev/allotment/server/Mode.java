// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The two ways to run: each has its own defaults. */
enum Mode {
    DEMO(
            "demo",
            "Starts a server to try things out, with two plans, demo add-ons and the login admin/admin.",
            Map.of(
                    Option.DATA, "data/demo",
                    Option.MAIN_DB, "portal.localhost",
                    Option.ADMIN_PASSWORD, "admin")),
    SERVE("serve", "Starts a server.", Map.of(Option.DATA, "data/main", Option.MAIN_DB, "portal.localhost"));

    private static final Map<Option, String> COMMON = Map.ofEntries(
            Map.entry(Option.BACKEND, "h2"),
            Map.entry(Option.LISTEN, "127.0.0.1"),
            Map.entry(Option.PORT, "8069"),
            Map.entry(Option.ADMIN_LOGIN, "admin"),
            Map.entry(Option.SMTP_TIMEOUT, "10"),
            Map.entry(Option.MAX_BODY, "8388608"),
            Map.entry(Option.PASSWORD_ROUNDS, "210000"),
            Map.entry(Option.SERVER_VERSION, "17.0"),
            Map.entry(Option.LIST_DATABASES, "true"),
            Map.entry(Option.STOP_TIMEOUT, "30"));

    private final String command;
    private final String description;
    private final Map<Option, String> defaults;

    Mode(String command, String description, Map<Option, String> defaults) {
        this.command = command;
        this.description = description;
        this.defaults = Map.copyOf(defaults);
    }

    String command() {
        return command;
    }

    String description() {
        return description;
    }

    @Nullable
    String defaultOf(Option option) {
        String own = defaults.get(option);
        return own == null ? COMMON.get(option) : own;
    }
}
