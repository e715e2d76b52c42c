// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.rule;

import dev.allotment.fleet.Server;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The rules for labels of database servers, and for the attributes that require them. */
public final class LabelRules {
    private static final Pattern TEXT = Pattern.compile("[a-z0-9][a-z0-9._-]{0,49}");
    public static final int MOST = 50;

    /** For messages. */
    public static final String RULE = "1 to 50 lower case letters, digits, dots, underscores and hyphens, which start"
            + " with a letter or a digit";

    private LabelRules() {}

    /** Whether a server may have these labels. */
    public static boolean areLabels(Map<String, String> labels) {
        return labels.size() <= MOST
                && labels.entrySet().stream().allMatch(each -> isText(each.getKey()) && isText(each.getValue()));
    }

    private static boolean isText(String text) {
        return TEXT.matcher(text).matches();
    }

    /** Whether an attribute requires something that no server can have. */
    public static boolean isImpossible(String key, String value) {
        return isRequiring(key) && !(isText(label(key)) && isText(value));
    }

    private static boolean isRequiring(String key) {
        return key.startsWith(Server.REQUIRED_LABEL);
    }

    private static String label(String key) {
        return key.substring(Server.REQUIRED_LABEL.length());
    }

    /** Those of a tenant's attributes that its copies get, so that they are stored where it may be stored. */
    public static Map<String, String> requiring(Map<String, String> attributes) {
        Map<String, String> requiring = new TreeMap<>(attributes);
        requiring.keySet().removeIf(key -> !isRequiring(key));
        return requiring;
    }

    /** The labels that attributes require, such as {@code region=eu}. */
    public static List<String> required(Map<String, String> attributes) {
        return requiring(attributes).entrySet().stream()
                .map(each -> text(label(each.getKey()), each.getValue()))
                .toList();
    }

    /** The labels of a server, such as {@code region=eu}. */
    public static List<String> texts(Server server) {
        return server.labels().entrySet().stream()
                .map(each -> text(each.getKey(), each.getValue()))
                .sorted()
                .toList();
    }

    private static String text(String key, String value) {
        return key + "=" + value;
    }
}
