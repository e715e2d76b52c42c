// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.spi.Settings;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Settings of the services.
 *
 * @param serverVersion the version reported to clients, such as {@code 17.0}; they choose their behaviour by it
 * @param listDatabases whether anyone may list the databases
 */
public record OdooSettings(String serverVersion, boolean listDatabases) {
    static final String DEFAULT_VERSION = "17.0";

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

    /**
     * Refuses a version that clients could not parse.
     *
     * @throws IllegalArgumentException unless the version is two numbers joined by a dot
     */
    public OdooSettings {
        if (!isVersion(serverVersion)) {
            throw new IllegalArgumentException(
                    "A server version must be two numbers such as 17.0, found \"" + serverVersion + "\".");
        }
    }

    /** Returns the defaults: version 17.0, and listing databases is allowed. */
    public static OdooSettings defaults() {
        return new OdooSettings(DEFAULT_VERSION, true);
    }

    /**
     * Reads {@code server.version} and {@code list.databases}. Problems are collected in {@code settings}, which the
     * caller checks afterwards.
     */
    public static OdooSettings from(Settings settings) {
        String version = settings.text("server.version", DEFAULT_VERSION).strip();
        boolean list = settings.flag("list.databases", true);
        if (!isVersion(version)) {
            settings.problem("server.version", version, "two numbers such as 17.0", DEFAULT_VERSION);
            return new OdooSettings(DEFAULT_VERSION, list);
        }
        return new OdooSettings(version, list);
    }

    int major() {
        return part(1);
    }

    int minor() {
        return part(2);
    }

    private int part(int group) {
        Matcher matcher = VERSION.matcher(serverVersion);
        if (!matcher.matches()) {
            throw new IllegalStateException(serverVersion);
        }
        return Integer.parseInt(matcher.group(group));
    }

    private static boolean isVersion(String text) {
        return VERSION.matcher(text).matches();
    }
}
