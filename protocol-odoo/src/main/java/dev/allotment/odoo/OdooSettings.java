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
 * @param maxBodyBytes the limit for the body of a call
 */
public record OdooSettings(String serverVersion, boolean listDatabases, int maxBodyBytes) {
    static final String DEFAULT_VERSION = "17.0";

    private static final int DEFAULT_MAX_BODY_BYTES = 8 * 1024 * 1024;
    private static final int MIN_MAX_BODY_BYTES = 1024;
    private static final int MAX_MAX_BODY_BYTES = 1024 * 1024 * 1024;

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

    /** Creates settings with the default limit for the body of a call, 8 MiB. */
    public OdooSettings(String serverVersion, boolean listDatabases) {
        this(serverVersion, listDatabases, DEFAULT_MAX_BODY_BYTES);
    }

    /** Returns the defaults: version 17.0, listing databases is allowed, and a call has at most 8 MiB. */
    public static OdooSettings defaults() {
        return new OdooSettings(DEFAULT_VERSION, true);
    }

    /**
     * Returns how many characters one text in a call may have: half of the bytes of the body, so that there is room for
     * the rest of the call.
     */
    public int mostTextCharacters() {
        return maxBodyBytes / 2;
    }

    /**
     * Reads {@code server.version}, {@code list.databases} and {@code max.body}. Problems are collected in {@code
     * settings}, which the caller checks afterwards.
     */
    public static OdooSettings from(Settings settings) {
        String version = settings.text("server.version", DEFAULT_VERSION).strip();
        boolean list = settings.flag("list.databases", true);
        int maxBody = settings.number("max.body", DEFAULT_MAX_BODY_BYTES, MIN_MAX_BODY_BYTES, MAX_MAX_BODY_BYTES);
        if (!isVersion(version)) {
            settings.problem("server.version", version, "two numbers such as 17.0", DEFAULT_VERSION);
            return new OdooSettings(DEFAULT_VERSION, list, maxBody);
        }
        return new OdooSettings(version, list, maxBody);
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
