// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commands of the program. The demo has its own defaults. */
public enum Mode {
    DEMO(
            "demo",
            "Starts a server to try, with two plans, sample customers, demo add-ons and the administrator admin/admin."),
    SERVE("serve", "Starts a server for production."),
    CONFIG_CHECK("config check", "Checks the settings of serve, and starts nothing."),
    TENANT_PSQL(
            "tenant psql",
            "Opens psql in the database of a tenant, as the role of its application. Takes the settings of serve."),
    CHECK("check", "Compares the catalog with the database servers, and changes nothing. Takes the settings of serve."),
    REPAIR(
            "repair",
            "Shows what it would repair of what check finds; with --apply, repairs it. Takes the settings of serve."),
    CATALOG("catalog", "Says whether the catalog is a copy, and decides what it is. Takes the settings of serve."),
    BACKUP("backup", "Lists the backups of a tenant, or makes, restores or deletes one. Takes the settings of serve."),
    EXPORT(
            "export",
            "Writes the data of a tenant or a customer into a file, for the customer. Takes the settings of serve."),
    CAMPAIGN(
            "campaign",
            "Lists campaigns over all tenants, or starts, shows or changes one. Takes the settings of serve."),
    ERASE(
            "erase",
            "Shows what the erasure of a customer would remove, or erases the customer. Takes the settings of serve."),
    ADMIN_PASSWORD(
            "admin-password",
            "Sets the password of the administrator --admin-login, or creates it. Takes the settings of serve."),
    API_KEY(
            "api-key",
            "Makes an API key of the administrator --admin-login, and prints it once. Takes the settings of serve."),
    MASTER_PASSWORD(
            "master-password",
            "Replaces the master password that was changed at run time. Takes the settings of serve."),
    REKEY(
            "rekey",
            "Encrypts passwords and keys of backups with the first line of --secret-key-file. Takes the settings of serve."),
    PGBOUNCER(
            "pgbouncer",
            "Prints a configuration of PgBouncer for applications, or with --nodes for nodes. Takes the settings of serve.");

    private static final Map<SettingOption, String> OF_DEMO = Map.of(
            SettingOption.DATA, "data/demo",
            SettingOption.ADMIN_PASSWORD, "admin",
            SettingOption.DEMO_CUSTOMERS, "true",
            SettingOption.LIST_DATABASES, "true");

    private static final Map<SettingOption, String> COMMON = Map.ofEntries(
            Map.entry(SettingOption.DATA, "data/main"),
            Map.entry(SettingOption.MAIN_DB, "portal.localhost"),
            Map.entry(SettingOption.BACKEND, "h2"),
            Map.entry(SettingOption.LISTEN, "127.0.0.1"),
            Map.entry(SettingOption.PORT, "8069"),
            Map.entry(SettingOption.METRICS_LISTEN, "127.0.0.1"),
            Map.entry(SettingOption.ADMIN_LOGIN, "admin"),
            Map.entry(SettingOption.BACKUPS_KEPT, "7"),
            Map.entry(SettingOption.BACKUP_DRILL_DAYS, "30"),
            Map.entry(SettingOption.BACKUP_BEFORE_CHANGES, "false"),
            Map.entry(SettingOption.SMTP_TIMEOUT, "10"),
            Map.entry(SettingOption.MAX_BODY, "8388608"),
            Map.entry(SettingOption.PASSWORD_ROUNDS, "210000"),
            Map.entry(SettingOption.SERVER_VERSION, "17.0"),
            Map.entry(SettingOption.DEMO_CUSTOMERS, "false"),
            Map.entry(SettingOption.LIST_DATABASES, "false"),
            Map.entry(SettingOption.OLD_PROTOCOLS, "true"),
            Map.entry(SettingOption.ACCESS_LOG, "false"),
            Map.entry(SettingOption.LOG_FORMAT, "text"),
            Map.entry(SettingOption.BACKGROUND_THREADS, "4"),
            Map.entry(SettingOption.STOP_DELAY, "0"),
            Map.entry(SettingOption.STOP_TIMEOUT, "30"));

    private final String command;
    private final String description;

    Mode(String command, String description) {
        this.command = command;
        this.description = description;
    }

    /** Returns the mode that a line starts with; null if there is none. */
    public static @Nullable Mode find(String... line) {
        for (Mode each : values()) {
            String[] words = each.command.split(" ");
            if (line.length >= words.length && Arrays.equals(words, Arrays.copyOf(line, words.length))) {
                return each;
            }
        }
        return null;
    }

    public String command() {
        return command;
    }

    public String description() {
        return description;
    }

    @Nullable
    public String defaultOf(SettingOption option) {
        String own = this == DEMO ? OF_DEMO.get(option) : null;
        return own == null ? COMMON.get(option) : own;
    }
}
