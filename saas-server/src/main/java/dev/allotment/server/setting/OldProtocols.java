// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import dev.allotment.servlet.SaasServlet;
import dev.allotment.spi.Settings;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of XML-RPC and JSON-RPC.
 *
 * @param served whether they are served
 * @param deprecated since when their answers call them deprecated; null: they do not
 * @param sunset when their answers say that they will be switched off; null: they do not
 */
public record OldProtocols(
        boolean served,
        @Nullable Instant deprecated,
        @Nullable Instant sunset) {
    private static final List<String> NAMES = List.of("xmlrpc", "jsonrpc");

    /** Reads the settings. Problems are collected in {@code settings}. */
    public static OldProtocols read(Settings settings, boolean byDefault) {
        boolean served = settings.flag(SettingOption.OLD_PROTOCOLS.key(), byDefault);
        Instant deprecated = day(settings, SettingOption.OLD_PROTOCOLS_DEPRECATED);
        Instant sunset = day(settings, SettingOption.OLD_PROTOCOLS_SUNSET);
        if (sunset != null && (deprecated == null || sunset.isBefore(deprecated))) {
            settings.problem(
                    SettingOption.OLD_PROTOCOLS_SUNSET.key(),
                    sunset.atOffset(ZoneOffset.UTC).toLocalDate().toString(),
                    "a day that is not before " + SettingOption.OLD_PROTOCOLS_DEPRECATED.key() + ", which must be set",
                    null);
        }
        return new OldProtocols(served, deprecated, sunset);
    }

    private static @Nullable Instant day(Settings settings, SettingOption option) {
        String text = settings.optional(option.key());
        if (text == null) {
            return null;
        }
        try {
            return LocalDate.parse(text.strip()).atStartOfDay().toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            settings.problem(option.key(), text, "a day such as 2028-01-01", null);
            return null;
        }
    }

    /** Mounts them as the settings say. */
    public void applyTo(SaasServlet.Builder servlet) {
        for (String name : NAMES) {
            if (!served) {
                servlet.without(name);
            } else if (deprecated != null) {
                servlet.deprecate(name, deprecated, sunset);
            }
        }
    }
}
