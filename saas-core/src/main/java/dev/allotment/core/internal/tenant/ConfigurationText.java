// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.ConfigurationChange;
import java.util.ArrayList;
import java.util.List;

/** An upgrade as text, so that whoever takes its operation over can apply it: a line for each part, of a word and its values. */
public final class ConfigurationText {
    private static final String LIST = "list";
    private static final String UPDATE = "update";
    private static final String INSTALL = "install";
    private static final String UNINSTALL = "uninstall";
    private static final String FIX = "fix";
    private static final String GRANT = "grant";
    private static final String REVOKE = "revoke";
    private static final String PARAM = "param";
    private static final String HIDDEN = "hidden";
    private static final String UNLIMIT = "unlimit";
    private static final String LIMIT = "limit";

    private ConfigurationText() {}

    static String write(ConfigurationChange upgrade) {
        List<String> lines = new ArrayList<>();
        if (upgrade.refreshAddons()) {
            lines.add(LIST);
        }
        upgrade.updateAddons().forEach(each -> lines.add(line(UPDATE, each)));
        upgrade.installAddons().forEach(each -> lines.add(line(INSTALL, each)));
        upgrade.uninstallAddons().forEach(each -> lines.add(line(UNINSTALL, each)));
        upgrade.fixes().forEach(each -> lines.add(line(FIX, each)));
        upgrade.grantOwner().forEach(each -> lines.add(line(GRANT, each)));
        upgrade.revoke().forEach(each -> lines.add(line(REVOKE, each)));
        upgrade.parameters().forEach(each -> lines.add(line(each.hidden() ? HIDDEN : PARAM, each.key(), each.value())));
        upgrade.modelsWithoutQuota().forEach(each -> lines.add(line(UNLIMIT, each)));
        upgrade.recordQuotas()
                .forEach(each ->
                        lines.add(line(LIMIT, each.model(), Integer.toString(each.maxRecords()), each.domain())));
        return String.join("\n", lines);
    }

    static ConfigurationChange read(String text) {
        ConfigurationChange.Builder upgrade = ConfigurationChange.builder();
        text.lines().forEach(line -> read(upgrade, line.split("\t", -1)));
        return upgrade.build();
    }

    private static void read(ConfigurationChange.Builder upgrade, String[] parts) {
        switch (parts[0]) {
            case LIST -> upgrade.refreshAddons();
            case UPDATE -> upgrade.update(value(parts, 1));
            case INSTALL -> upgrade.install(value(parts, 1));
            case UNINSTALL -> upgrade.uninstall(value(parts, 1));
            case FIX -> upgrade.fix(value(parts, 1));
            case GRANT -> upgrade.grantOwner(value(parts, 1));
            case REVOKE -> upgrade.revoke(value(parts, 1));
            case PARAM -> upgrade.parameter(value(parts, 1), value(parts, 2));
            case HIDDEN -> upgrade.hiddenParameter(value(parts, 1), value(parts, 2));
            case UNLIMIT -> upgrade.removeRecordQuotas(value(parts, 1));
            case LIMIT -> upgrade.recordQuota(value(parts, 1), Integer.parseInt(value(parts, 2)), value(parts, 3));
            default -> throw new IllegalStateException("An upgrade has no part " + parts[0]);
        }
    }

    private static String line(String word, String... values) {
        StringBuilder line = new StringBuilder(word);
        for (String value : values) {
            line.append('\t');
            value.chars().forEach(c -> {
                switch (c) {
                    case '\\' -> line.append("\\\\");
                    case '\t' -> line.append("\\t");
                    case '\n' -> line.append("\\n");
                    case '\r' -> line.append("\\r");
                    default -> line.append((char) c);
                }
            });
        }
        return line.toString();
    }

    private static String value(String[] parts, int index) {
        String written = parts[index];
        StringBuilder value = new StringBuilder();
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            if (c == '\\') {
                i++;
                c = switch (written.charAt(i)) {
                    case 't' -> '\t';
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    default -> '\\';
                };
            }
            value.append(c);
        }
        return value.toString();
    }
}
